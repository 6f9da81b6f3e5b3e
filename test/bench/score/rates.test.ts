import { describe, expect, it } from 'vitest';
import {
  forwardOfInputs,
  forwardOfSet,
  type Lane,
  nearby,
  RAW,
  type Sample,
  shared,
} from '../../../bench/score/protocol.ts';
import { besideTable, ratesOf, rateTable, ratioOf } from '../../../bench/score/rates.ts';
import { metrics } from '../../../core/metrics/index.ts';

const lane = (name: string, threads = 1): Lane => ({ name, metrics: '', inputs: 100, threads, rounds: 3 });
const sample = (of: string, seconds: number, cpuSeconds = seconds, reportSeconds = 0): Sample => ({
  lane: of,
  inputs: 100,
  seconds,
  cpuSeconds,
  reportSeconds,
});

describe('the rates of bench:score', () => {
  it('are compared round by round, so that a machine that grows slower does not tell against the metrics', () => {
    const samples = [
      ...[sample(RAW, 1, 0.5), sample('a', 2, 0.8)],
      ...[sample(RAW, 10, 0.5), sample('a', 12.5, 1)],
      ...[sample(RAW, 4, 0.5), sample('a', 5, 2)],
    ];
    const [raw, own] = ratesOf([lane(RAW), lane('a')], samples);
    expect(own).toMatchObject({ perSecond: 20, share: 0.8, cpuShare: 0.5, cpuMicroseconds: 10_000 });
    expect(raw).toMatchObject({ perSecond: 25, share: undefined });
  });

  it('have no share of one thread where there are several', () => {
    const [, own] = ratesOf([lane(RAW), lane('a', 2)], [sample(RAW, 1), sample('a', 1)]);
    expect(own?.share).toBeUndefined();
  });

  it('with the report count the time that it takes for as many inputs', () => {
    const half = { ...sample('a', 1, 1, 2), inputs: 50 };
    expect(ratesOf([lane('a')], [half])[0]?.withReport).toBe(50 / (1 + 1));
  });

  it('stand in a table', () => {
    const text = rateTable(ratesOf([lane(RAW), lane('a')], [sample(RAW, 1, 0.5), sample('a', 2, 1)]));
    expect(text).toContain('50 %');
    expect(text.split('\n')).toHaveLength(3);
  });
});

it('a ratio is of inputs a second, whatever their numbers', () => {
  const row = {
    peer: 'quantus',
    group: 'removal',
    ours: { inputs: 100, seconds: 1, cpuSeconds: 2 },
    its: { inputs: 10, seconds: 1, cpuSeconds: 1 },
  };
  expect([ratioOf(row, 'seconds'), ratioOf(row, 'cpuSeconds')]).toEqual([10, 5]);
  expect(besideTable([row])).toContain('10.0');
});

describe('the metrics of bench:score', () => {
  it('that need the forward pass alone ask for nothing that runs a graph again', () => {
    expect(forwardOfInputs).toContain('faithfulness');
    expect(forwardOfSet).toEqual(expect.arrayContaining([...forwardOfInputs, 'leak.permuted']));
    expect(forwardOfSet).not.toContain('stability');
    const needs = new Set(forwardOfSet.flatMap((name) => metrics[name].needs));
    expect([...needs].sort()).toEqual(['explanations', 'labels', 'predictions']);
  });

  it('that share random changes are of inputs, so that workers can take them', () => {
    expect(nearby).toContain('sensitivity.max');
    expect(nearby).not.toContain('attack.class');
  });

  it('that a peer has too are named once in a group', () => {
    const names = Object.values(shared.quantus).flat();
    expect(new Set(names).size).toBe(names.length);
  });
});
