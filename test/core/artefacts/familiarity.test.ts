import { describe, expect, it } from 'vitest';
import { ERROR_SHARES, reconstructionErrors, shareBelow } from '../../../core/artefacts/familiarity/errors.ts';
import { familiarityOf } from '../../../core/artefacts/familiarity/familiarity.ts';
import { unfamiliarWarning } from '../../../core/artefacts/familiarity/warning.ts';
import { checkArtefacts, possibleArtefacts } from '../../../core/artefacts/index.ts';
import { type Manifest, parseManifest } from '../../../core/manifest.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { tensor } from '../../../core/tensor.ts';
import { familiarityOver } from '../../../training/run/training-set/familiarity.ts';
import { expectClose } from '../../helpers/close.ts';
import { fakeManifest, fakeSessions } from '../../helpers/fake-model.ts';

const of = (...values: number[]) => Float32Array.from(values);

describe('the errors of a reconstruction', () => {
  it('are the mean square of what differs, and its share of what is drawn', () => {
    const [x, y] = [of(1, 0, 0.5, 0), of(0.5, 0, 0.5, 0.5)];
    expectClose(reconstructionErrors.squared(x, y), 0.5 / 4);
    expectClose(reconstructionErrors.relative(x, y), 0.5 / ((1.25 + 0.75) / 2));
  });

  it('of an empty image are small and large; of two of them, and of rounding, 0', () => {
    expectClose(reconstructionErrors.squared(of(0, 0), of(0.1, 0)), 0.005, { relative: 1e-6 });
    expectClose(reconstructionErrors.relative(of(0, 0), of(0.1, 0)), 2);
    expect(reconstructionErrors.relative(of(0, 0), of(0, 0))).toBe(0);
    expect(reconstructionErrors.squared(of(0.5), of(0.5000001))).toBe(0);
    expect(reconstructionErrors.relative(of(0.5), of(0.5000001))).toBe(0);
  });
});

describe('the share of training inputs that are redrawn better', () => {
  const known = { shares: [0, 0.5, 0.9, 1], squared: [1, 2, 4, 8], relative: [0, 0, 0, 0] };
  it.each([
    [0.5, 0],
    [1, 0],
    [1.5, 0.25],
    [2, 0.5],
    [3, 0.7],
    [8, 1],
    [9, 1],
  ])('of an error of %d is %d', (error, share) => {
    expectClose(shareBelow(known, 'squared', error), share);
  });

  it('is 0 for the least error, however many have it', () => {
    expect(shareBelow(known, 'relative', 0)).toBe(0);
    expect(shareBelow(known, 'relative', 1e-3)).toBe(1);
  });
});

const familiarity = { shares: [0, 0.99, 1], squared: [0, 0.1, 0.2], relative: [0, 1, 2] };
const ranged: Manifest = {
  ...fakeManifest,
  concepts: fakeManifest.concepts.map((concept) => ({ ...concept, range: [0, 2] as [number, number] })),
  familiarity,
  artefacts: [...fakeManifest.artefacts, 'familiarity'],
};
const model = { concepts: ranged.concepts, familiarity };

describe('familiarity', () => {
  it('is lost by either error and by a concept outside its range', () => {
    const x = of(1, 1, 1, 1);
    expect(familiarityOf(model, [1, 2], x, x)).toEqual({
      ...{ familiar: true, quantile: 0, reconstructionError: 0, relativeError: 0, outside: [] },
    });
    expect(familiarityOf(model, [1, 2.1], x, x)).toMatchObject({ familiar: false, quantile: 0, outside: [1] });
    expect(familiarityOf(model, [-1, 3], x, x)).toMatchObject({ familiar: false, outside: [0, 1] });
    // 0.6² a pixel is above all of the training set's, relative it is common
    expect(familiarityOf(model, [1, 1], x, of(0.4, 0.4, 0.4, 0.4))).toMatchObject({ familiar: false, quantile: 1 });
    // the other way round
    expect(familiarityOf(model, [1, 1], of(0, 0, 0, 0), of(0.1, 0, 0, 0))).toMatchObject({
      familiar: false,
      quantile: 1,
    });
  });

  it('takes what differs in the last bits for the bound itself, and any value where no range is known', () => {
    const x = of(1);
    expect(familiarityOf(model, [2.0001, -0.0001], x, x).outside).toEqual([]);
    expect(familiarityOf({ concepts: fakeManifest.concepts, familiarity }, [1e9, -1e9], x, x).outside).toEqual([]);
  });

  it('of a batch is computed from the inputs, and needs them', async () => {
    const predictor = createPredictor(ranged, fakeSessions());
    // h = [0.5, 0.5], which is painted [0.5, 0.5, 0.5, 0.5]; h = [2, 2] as [2, 2, 2, 2]
    const input = tensor(of(0.5, 0, 0.5, 0, 1, 1, 1, 1), [2, 1, 2, 2]);
    const [half, full] = await predictor.predict(input, { explain: ['familiarity'] });
    expect(half?.familiarity).toMatchObject({ outside: [], reconstructionError: 0.125 });
    expectClose(half?.familiarity?.quantile as number, 0.99 + 0.01 * 0.25);
    expect(full?.familiarity).toMatchObject({ familiar: false, quantile: 1, reconstructionError: 1, outside: [] });
    const [later] = await predictor.complete(await predictor.forward(input), { explain: ['familiarity'] });
    expect(later?.familiarity).toBeUndefined();
    const [unasked] = await predictor.predict(input);
    expect(unasked?.familiarity).toBeUndefined();
  });

  it('is possible with a decoder and the errors of the training set, and refused without', () => {
    const { decoder: _, ...graphs } = fakeManifest.graphs;
    expect(possibleArtefacts(ranged)).toContain('familiarity');
    expect(possibleArtefacts({ ...ranged, graphs })).not.toContain('familiarity');
    expect(possibleArtefacts(fakeManifest)).not.toContain('familiarity');
    expect(() => checkArtefacts(fakeManifest, ['familiarity'], {})).toThrow('a decoder, and the reconstruction errors');
  });

  it('is refused in a manifest whose errors fall or are not as many as the shares', () => {
    expect(parseManifest(ranged)).toEqual(ranged);
    const refused = (change: object) => () => parseManifest({ ...ranged, familiarity: { ...familiarity, ...change } });
    expect(refused({ squared: [0, 1] })).toThrow('an error for each share');
    expect(refused({ relative: [0, 2, 1] })).toThrow('must not fall');
    expect(refused({ shares: [0, 0.99, 2] })).toThrow();
  });
});

describe('the warning', () => {
  const strange = { familiar: false, quantile: 0.9995, reconstructionError: 1, relativeError: 1, outside: [] };
  it('says by what the input is unlike the training inputs', () => {
    expect(unfamiliarWarning(ranged, undefined)).toBeUndefined();
    expect(unfamiliarWarning(ranged, { ...strange, familiar: true })).toBeUndefined();
    expect(unfamiliarWarning(ranged, strange)).toBe(
      'Unlike the training images: its concepts redraw it worse than nearly all of them.',
    );
    expect(unfamiliarWarning(ranged, { ...strange, quantile: 0.996 })).toContain('worse than 99.6\u00a0% of them.');
    expect(unfamiliarWarning(ranged, { ...strange, quantile: 0.5, outside: [1] })).toBe(
      'Unlike the training images: bottom is beyond what any of them has.',
    );
    const table = { ...ranged, input: { kind: 'tabular', features: [{ name: 'a', range: [0, 1] }] } } as Manifest;
    expect(unfamiliarWarning(table, { ...strange, outside: [0, 1] })).toBe(
      'Unlike the training rows: its concepts redraw it worse than nearly all of them; top, bottom are beyond what any of them has.',
    );
    const many = { input: ranged.input, concepts: Array(5).fill(ranged.concepts[0]) };
    expect(unfamiliarWarning(many, { ...strange, quantile: 0, outside: [0, 1, 2, 3, 4] })).toContain(
      'top, top, top and 2 more are beyond',
    );
  });
});

describe('the errors of a training set', () => {
  it('are its quantiles, of every input', async () => {
    // 1001 images of one pixel x = n / 1000 that are redrawn as black: squared errors x², relative errors 2
    const inputs = Float32Array.from({ length: 1001 }, (_, n) => ((n * 8) % 1001) / 1000);
    const train = {
      shape: [1001, 1, 1, 1],
      labels: new Int32Array(1001),
      gather: (rows: Int32Array) => Float32Array.from(rows, (n) => inputs[n] as number),
    };
    const input = { kind: 'image', channels: 1, height: 1, width: 1 } as const;
    const black = async ({ shape }: { shape: readonly number[] }) =>
      tensor(new Float32Array(shape[0] as number), [...shape]);
    const known = await familiarityOver(train, input, black);
    expect(known.shares).toEqual(ERROR_SHARES);
    expectClose(
      known.squared,
      ERROR_SHARES.map((share) => (Math.round(share * 1000) / 1000) ** 2),
      { absolute: 1e-6 },
    );
    expectClose(
      known.relative.slice(1),
      ERROR_SHARES.slice(1).map(() => 2),
    );
    expect(known.relative[0]).toBe(0); // of the one that is black itself
  });
});
