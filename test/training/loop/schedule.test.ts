import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../../training/loop/schedule.ts';
import { lambdaShareAt } from '../../../training/losses/robustness.ts';
import { expectClose } from '../../helpers/close.ts';

describe('schedules', () => {
  it.each([
    [{ kind: 'constant' }, [0.2, 0.2, 0.2]],
    [{ kind: 'cosine' }, [0.2, 0.1, 0]],
    [{ kind: 'step', epochs: 5, factor: 0.5 }, [0.2, 0.1, 0.05]],
    [{ kind: 'exponential', factor: 0.01 }, [0.2, 0.02, 0.002]],
  ] as const)('the learning rate follows %j', (schedule, expected) => {
    const optimizer = { kind: 'adam', learningRate: 0.2, schedule, warmup: 0 } as const;
    const rates = [0, 50, 100].map((step) => learningRateAt(optimizer, step, 100, 10));
    expectClose(rates, expected, { absolute: 1e-12 });
  });

  it('a warm-up rises in equal steps to the learning rate', () => {
    const optimizer = { kind: 'adam', learningRate: 0.2, schedule: { kind: 'constant' }, warmup: 3 } as const;
    const rates = [0, 1, 2, 3, 4].map((step) => learningRateAt(optimizer, step, 100, 10));
    expectClose(rates, [0.05, 0.1, 0.15, 0.2, 0.2], { absolute: 1e-12 });
  });

  it('λ rises by the same factor each step, to its weight at the end of the warm-up', () => {
    const shares = [0, 1, 2, 3, 4, 5].map((step) => lambdaShareAt({ warmup: 4 }, step));
    expectClose(shares, [1e-4, 1e-3, 1e-2, 1e-1, 1, 1], { relative: 1e-12 });
    expect(lambdaShareAt({ warmup: 0 }, 0)).toBe(1);
  });
});
