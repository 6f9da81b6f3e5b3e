import { describe, expect, it } from 'vitest';
import { didYouMean, nearestName } from '../../../core/text/did-you-mean.ts';

describe('the name that was meant', () => {
  const names = ['age', 'Number_of_Priors', 'Female', 'Misdemeanor'];
  const keys = ['seed', 'epochs', 'batchSize', 'learningRate', 'sparsity_reg'];

  it.each([
    ['Number_of_Prior', 'Number_of_Priors'],
    ['number_of_priors', 'Number_of_Priors'],
    ['Nubmer_of_Priors', 'Number_of_Priors'],
    ['Fmale', 'Female'],
    ['aeg', 'age'],
    ['height', undefined],
    ['x', undefined],
    ['', undefined],
  ])('of features, for "%s", is %s', (given, meant) => {
    expect(nearestName(given, names)).toBe(meant);
  });

  it.each([
    ['epoch', 'epochs'],
    ['batch_size', 'batchSize'],
    ['learning_rate', 'learningRate'],
    ['sparsity', 'sparsity_reg'],
    ['sede', 'seed'],
    ['sea', undefined],
    ['foo', undefined],
    ['', undefined],
  ])('of keys, for "%s", is %s', (given, meant) => {
    expect(nearestName(given, keys)).toBe(meant);
  });

  it('is the name itself, in any case, and of equally near ones the first', () => {
    for (const name of [...names, ...keys]) {
      expect(nearestName(name, [...names, ...keys])).toBe(name);
      expect(nearestName(name.toUpperCase(), [...names, ...keys])).toBe(name);
    }
    expect(nearestName('bat', ['cat', 'rat'])).toBe('cat');
    expect(nearestName('bat', [])).toBeUndefined();
  });

  it('is found at once in what nobody typed by hand', () => {
    const start = performance.now();
    expect(nearestName('x'.repeat(1e6), names)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('the end of an error that lists the choices', () => {
  it('asks for the nearest, and is nothing where there is none', () => {
    expect(didYouMean('mnits', ['compas', 'mnist'])).toBe('; did you mean "mnist"?');
    expect(didYouMean('iris', ['compas', 'mnist'])).toBe('');
    expect(didYouMean(undefined, ['undefined'])).toBe('');
  });
});
