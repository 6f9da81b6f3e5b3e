import { describe, expect, it } from 'vitest';
import { costOf, type Sample, turns } from '../../../bench/jobs/turns.ts';
import { measureTurns } from '../../../bench/turns.ts';

const sample = (p99Milliseconds: number, requests = 100): Sample => ({
  requests,
  seconds: 2,
  p50Milliseconds: p99Milliseconds / 2,
  p99Milliseconds,
});

describe('the turns of bench:jobs', () => {
  it('begin with the other one every other round', async () => {
    const seen: string[] = [];
    await measureTurns(turns, 3, async (turn, round) => {
      seen.push(`${round} ${turn}`);
      return sample(1);
    });
    expect(seen).toEqual(['0 without', '0 with', '1 with', '1 without', '2 without', '2 with']);
  });

  it('are compared round by round, so that a machine that grows slower does not tell against the job', () => {
    const cost = costOf(
      new Map([
        ['without', [sample(10), sample(100), sample(40)]],
        ['with', [sample(15), sample(120, 50), sample(80)]],
      ]),
    );
    expect(cost.ratio).toBe(1.5);
    expect(cost.ratios).toEqual([1.2, 2]);
    expect(cost.p99Milliseconds).toEqual({ without: 40, with: 80 });
    expect(cost.requestsPerSecond).toEqual({ without: 50, with: 50 });
  });
});
