import { describe, expect, it } from 'vitest';
import { auditOf, flatten } from '../../../core/metrics/audit-of.ts';
import { metricNames, metrics } from '../../../core/metrics/index.ts';
import { tensor } from '../../../core/tensor.ts';
import { linearModel } from '../../helpers/linear-model.ts';

describe('scores as figures by name', () => {
  it('hold values, what stands beside them, means over inputs, and null for what has no value', () => {
    const figures = flatten({
      accuracy: { value: 0.9, figures: { chance: 0.1 } },
      'leak.permuted': { value: 0.2, figures: { floor: 0.1, accuracy: 0.9 } },
      'leak.mean': { value: null, reason: 'no means' },
      faithfulness: [0.5, null, 1],
      ncc: [null],
    });
    expect(figures).toEqual({
      accuracy: 0.9,
      'accuracy.chance': 0.1,
      'leak.permuted': 0.2,
      'leak.permuted.floor': 0.1,
      'leak.mean': null,
      faithfulness: 0.75,
      ncc: null,
    });
  });

  it('keep a figure that no other row gives', () => {
    expect(flatten({ 'leak.permuted': { value: 0.2, figures: { accuracy: 0.9 } } })).toEqual({
      'leak.permuted': 0.2,
      'leak.permuted.accuracy': 0.9,
    });
  });
});

describe('an audit', () => {
  const inputs = Array.from({ length: 40 }, (_, n) => [Math.sin(n), Math.cos(3 * n)]);
  const set = {
    name: 'rows:validation',
    input: tensor(Float32Array.from(inputs.flat()), [40, 1, 1, 2]),
    labels: Int32Array.from(inputs, ([a = 0, b = 0]) => (2 * a - b >= 0 ? 0 : 1)),
  };

  it('has every metric of the set, the same again for the same seed', async () => {
    const audit = await auditOf(linearModel().predictor, set, 3);
    expect(audit).toMatchObject({ data: 'rows:validation', count: 40, figures: { accuracy: 1, completeness: null } });
    for (const name of metricNames) {
      expect(Object.hasOwn(audit.figures, name), name).toBe(metrics[name].sets.includes('audit'));
    }
    expect(audit.figures).toMatchObject({ 'relevance.permuted.constant': 1, 'traversal.slope': expect.closeTo(1, 6) });
    expect(await auditOf(linearModel().predictor, set, 3)).toEqual(audit);
  });
});
