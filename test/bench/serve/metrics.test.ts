import { describe, expect, it } from 'vitest';
import { engineMetrics, totalsOf } from '../../../bench/serve/metrics.ts';

const text = (sum: number, count: number) => `# HELP senn_batch_size Inputs of a batch.
# TYPE senn_batch_size histogram
senn_batch_size_bucket{model="a",le="+Inf"} ${count}
senn_batch_size_sum{model="a"} ${sum}
senn_batch_size_count{model="a"} ${count}
senn_batch_size_sum{model="b \\"x\\" }"} 1
senn_batch_size_count{model="b"} 1
nodejs_eventloop_lag_p99_seconds 0.0125
nodejs_version_info{version="v20"} NaN
`;

describe('metrics', () => {
  it('adds the series of a name up', () => {
    const totals = totalsOf(text(40, 10));
    expect(totals.get('senn_batch_size_sum')).toBe(41);
    expect(totals.has('nodejs_version_info')).toBe(false);
  });

  it('gives the mean batch of the measurement alone, and the delay of its end', () => {
    expect(engineMetrics(totalsOf(text(40, 10)), totalsOf(text(100, 20)))).toEqual({
      eventLoopDelayP99Milliseconds: 12.5,
      meanBatch: 6,
    });
  });

  it('gives nothing where the server says nothing, or ran nothing', () => {
    const nothing = { eventLoopDelayP99Milliseconds: null, meanBatch: null };
    expect(engineMetrics(new Map(), new Map())).toEqual(nothing);
    expect(engineMetrics(totalsOf(text(40, 10)), totalsOf(text(40, 10))).meanBatch).toBeNull();
  });
});
