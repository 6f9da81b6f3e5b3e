import { describe, expect, it } from 'vitest';
import { columnsOf, parseMetrics } from '../../../../training/figures/charts/metrics-csv.ts';

describe('parseMetrics', () => {
  it('reads numbers, and leaves empty cells out', () => {
    expect(parseMetrics('epoch,loss,kl,validation_accuracy\n1,2.5e-3,,0.9\n2,-1,3,\n', 'here')).toEqual([
      { epoch: 1, values: { loss: 0.0025, validation_accuracy: 0.9 } },
      { epoch: 2, values: { loss: -1, kl: 3 } },
    ]);
  });

  it('has no epochs where there is only a header', () => {
    expect(parseMetrics('epoch,loss\n', 'here')).toEqual([]);
  });

  it.each([
    ['', 'line 1 must start with the column "epoch", not ""'],
    ['step,loss\n1,2\n', 'line 1 must start with the column "epoch", not "step"'],
    ['epoch,loss\n1,2,3\n', 'line 2 has 3 cells; the header has 2'],
    ['epoch,loss\n1,2\n2,NaN\n', 'line 3 holds "NaN"; a cell must be a number or empty'],
    ['epoch,loss\n,2\n', 'line 2 has no epoch'],
  ])('refuses %j', (csv, message) => {
    expect(() => parseMetrics(csv, 'run/metrics.csv')).toThrow(`run/metrics.csv: ${message}`);
  });
});

describe('columnsOf', () => {
  it('parts training from held-out columns, and leaves counters and empty columns out', () => {
    expect(columnsOf(parseMetrics('epoch,step,loss,kl,validation_kl\n1,9,2,,4\n', 'here'))).toEqual([
      { name: 'loss', quantity: 'loss', split: 'training' },
      { name: 'validation_kl', quantity: 'kl', split: 'held out' },
    ]);
  });
});
