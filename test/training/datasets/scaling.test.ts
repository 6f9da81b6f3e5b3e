import { describe, expect, it } from 'vitest';
import { fitScaling, noScaling, type ScalingRule, standardScaling } from '../../../training/datasets/scaling.ts';

const shares: ScalingRule = { transform: 'sqrt', normalisation: 'maximum' };
const rows = (...indices: number[]) => Int32Array.from(indices);

/** What the networks see of a column. */
const scaled = (values: readonly number[], rule: ScalingRule): number[] => {
  const column = Float32Array.from(values);
  const [{ transform, shift, scale } = { transform: 'linear', shift: 0, scale: 0 }] = fitScaling(
    column,
    rows(...column.keys()),
    [rule],
  );
  return Array.from(column, (value) => ((transform === 'sqrt' ? Math.sqrt(value) : value) - shift) * scale);
};

describe('scalings', () => {
  it('give z-scores', () => {
    const z = scaled([3, 5, 11, 1], standardScaling);
    expect(z.reduce((sum, value) => sum + value)).toBeCloseTo(0, 12);
    expect(z.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(4, 12);
  });

  it('give √(n / largest n)', () => {
    expect(scaled([0, 4, 9, 36], shares)).toEqual([0, 2 / 6, 3 / 6, 1]);
  });

  it('leave indicators as they are', () => {
    expect(scaled([0, 1, 1], noScaling)).toEqual([0, 1, 1]);
  });

  it.each([0.1, 7, 0])('leave a constant column of %f finite, at scale 1', (value) => {
    const column = new Float32Array(1000).fill(value);
    const fitted = fitScaling(column, rows(...column.keys()), [standardScaling]);
    expect(fitted).toEqual([{ transform: 'linear', shift: expect.closeTo(column[0] as number, 12), scale: 1 }]);
    expect(fitScaling(new Float32Array(3), rows(0, 1, 2), [shares])).toEqual([
      { transform: 'sqrt', shift: 0, scale: 1 },
    ]);
  });

  it('see the training rows only', () => {
    const table = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40);
    const rules = [standardScaling, shares];
    const before = fitScaling(table, rows(0, 2), rules);
    const changed = Float32Array.from(table);
    changed.set([-500, 900], 2);
    expect(fitScaling(changed, rows(0, 2), rules)).toEqual(before);
    changed.set([-500, 900], 4);
    expect(fitScaling(changed, rows(0, 2), rules)).not.toEqual(before);
  });
});
