import { describe, expect, it } from 'vitest';
import { conceptNames, describeConcepts } from '../../../training/run/concepts.ts';
import { tinyConfig } from '../tiny.ts';

describe('the concepts of a run', () => {
  it('concepts are named as configured, by their features, or by number; the constant one is the bias', () => {
    const input = { kind: 'tabular', features: [{ name: 'age', range: [0, 1] as [number, number] }] } as const;
    const table = { ...input, features: [...input.features] };
    const named = (change: Record<string, unknown>) => conceptNames(tinyConfig(change), table, 2);
    const identity = { conceptizer: { kind: 'identity' }, aggregator: { kind: 'sum', bias: true } };
    expect(named(identity)).toEqual(['age', 'bias']);
    expect(named({})).toEqual(['concept 0', 'concept 1']);
    expect(named({ conceptNames: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(() => named({ conceptNames: ['a'] })).toThrow('1 names must match the 2');
  });

  it('quantiles and prototypes of known activations', () => {
    const data = Float32Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const [concept] = describeConcepts({ shape: [101, 1], data }, ['stripe']);
    expect(concept?.name).toBe('stripe');
    expect(concept?.quantiles).toEqual({ q05: 5, q25: 25, q50: 50, q75: 75, q95: 95 });
    expect(concept?.mean).toBe(50);
    expect(concept?.deviation).toBeCloseTo(Math.sqrt((101 ** 2 - 1) / 12), 9); // of 0 … 100, each once
    expect(concept?.prototypes.map((row) => data[row])).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92]);
  });
});
