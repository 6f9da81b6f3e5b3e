import { describe, expect, it } from 'vitest';
import { type Ports, planOf, type TensorName } from '../../core/graphs.ts';

const senn = {
  model: { inputs: ['input'], outputs: ['concepts', 'log_variance', 'relevances'] },
  conceptizer: { inputs: ['input'], outputs: ['concepts', 'log_variance'] },
  parameterizer: { inputs: ['input'], outputs: ['relevances'] },
  decoder: { inputs: ['concepts'], outputs: ['reconstruction'] },
} as const satisfies Record<string, Ports>;

const stages = (graphs: Readonly<Record<string, Ports>>, given: TensorName[], wanted: TensorName[]) =>
  planOf(graphs, given, wanted)?.map((stage) => stage.map(({ graph, outputs }) => `${graph}: ${outputs.join()}`));

describe('the graphs that an answer needs', () => {
  it('is one where one gives all, and of its outputs those that are wanted', () => {
    expect(stages(senn, ['input'], ['concepts', 'relevances'])).toEqual([['model: concepts,relevances']]);
  });

  it('are those with the fewest outputs among as many', () => {
    expect(stages(senn, ['input'], ['concepts'])).toEqual([['conceptizer: concepts']]);
    expect(stages(senn, ['input'], ['relevances'])).toEqual([['parameterizer: relevances']]);
  });

  it('run side by side where none needs another', () => {
    const { model: _, ...parts } = senn;
    expect(stages(parts, ['input'], ['concepts', 'relevances'])).toEqual([
      ['conceptizer: concepts', 'parameterizer: relevances'],
    ]);
  });

  it('run one after the other where one needs another’s output, which is used though nobody asked for it', () => {
    expect(stages(senn, ['input'], ['reconstruction'])).toEqual([
      ['conceptizer: concepts'],
      ['decoder: reconstruction'],
    ]);
    const closed = { ...senn, parameterizer: { inputs: ['concepts'], outputs: ['relevances'] } } as const;
    expect(stages(closed, ['concepts'], ['relevances'])).toEqual([['parameterizer: relevances']]);
    const { model: _, ...parts } = closed;
    expect(stages(parts, ['input'], ['relevances'])).toEqual([
      ['conceptizer: concepts'],
      ['parameterizer: relevances'],
    ]);
  });

  it('follow a chain of three: θ that reads the reconstruction', () => {
    const { model: _, ...parts } = senn;
    const chain = { ...parts, parameterizer: { inputs: ['reconstruction'], outputs: ['relevances'] } } as const;
    expect(stages(chain, ['input'], ['concepts', 'relevances'])).toEqual([
      ['conceptizer: concepts'],
      ['decoder: reconstruction'],
      ['parameterizer: relevances'],
    ]);
  });

  it('are none for what is there already, and for what nothing gives', () => {
    expect(stages(senn, ['input', 'concepts'], ['concepts'])).toEqual([]);
    expect(stages(senn, ['concepts'], ['relevances'])).toBeUndefined();
    expect(stages({}, ['input'], ['concepts'])).toBeUndefined();
    const circle = {
      a: { inputs: ['concepts'], outputs: ['relevances'] },
      b: { inputs: ['relevances'], outputs: ['concepts'] },
    } as const;
    expect(stages(circle, ['input'], ['concepts'])).toBeUndefined();
  });
});
