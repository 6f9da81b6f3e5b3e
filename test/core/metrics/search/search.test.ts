import { describe, expect, it } from 'vitest';
import type { SetValue } from '../../../../core/metrics/metric.ts';
import { attackClass } from '../../../../core/metrics/stability/attack-class.ts';
import { attackExplanation } from '../../../../core/metrics/stability/attack-explanation.ts';
import { lipschitzAscent } from '../../../../core/metrics/stability/lipschitz-ascent.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { evidenceOf } from '../../../helpers/linear-model.ts';

const options = () => ({ random: randomStream(0) });

describe('searches without gradients', () => {
  it('find how far another class is: linear, in closed form', async () => {
    // z = 2·x₀ − x₁ against 0: along the signs (−1, +1) it changes at z / 3
    const rows = [
      [0.5, 0.4],
      [0.3, 0.3],
      [0.2, 0.1],
    ];
    const radii = rows.map(([a = 0, b = 0]) => (2 * a - b) / 3);
    const evidence = await evidenceOf(rows, { weights: [2, -1] });
    const result = (await attackClass.measure(evidence, options())) as SetValue;
    expectClose(result.value, radii.sort((a, b) => a - b)[1] as number, { absolute: 2e-3 });
    expect(result.figures).toMatchObject({ changed: 1, inputs: 3 });
    expect(Math.max(...evidence.sessions.conceptizer.runs)).toBeLessThanOrEqual(256);
  });

  it('count a class that nothing changes as 1', async () => {
    const evidence = await evidenceOf([[0.5, 0.4]], { relevances: () => [1, -1, 1, -1] });
    const { value, figures } = (await attackClass.measure(evidence, options())) as SetValue;
    // x → 0 makes both logits 0, of which the first is taken: the class never changes
    expect([value, figures?.['changed']]).toEqual([1, 0]);
  });

  it('bring another concept to the top where the ball reaches it, and not elsewhere', async () => {
    // a = x: the top changes within .1 in both where |x₀ − x₁| < .2
    const relevances = () => [1, -1, 1, -1];
    const near = await evidenceOf(
      [
        [0.5, 0.4],
        [0.6, 0.45],
        [0.3, 0.45],
      ],
      { relevances },
    );
    expect(await attackExplanation.measure(near, options())).toMatchObject({ value: 1 });
    const far = await evidenceOf(
      [
        [0.8, 0.4],
        [0.1, 0.9],
      ],
      { relevances },
    );
    expect(await attackExplanation.measure(far, options())).toEqual({ value: 0, figures: { noise: 0, inputs: 2 } });
  });

  it('climb to the steepest place in the ball', async () => {
    // θ₀ = x₀²: |Δθ| / |Δh| along x₀ alone is x₀ + x₀′, at most 2·.5 + .1
    const relevances = ([a = 0]: Float32Array) => [a * a + 1, -9, 1, -9];
    const { value, figures } = (await lipschitzAscent.measure(
      await evidenceOf([[0.5, 0.5]], { relevances }),
      options(),
    )) as SetValue;
    expectClose(value, 1.1, { relative: 0.01 });
    expect(value).toBeLessThanOrEqual(1.1 + 1e-3);
    expect(figures?.['drawn']).toBeLessThan(value);
  });

  it('are the same again for the same seed', async () => {
    const relevances = ([a = 0, b = 0]: Float32Array) => [Math.sin(9 * a) + 2, -9, Math.cos(7 * b) + 2, -9];
    const twice = await Promise.all(
      [0, 0].map(async () =>
        lipschitzAscent.measure(
          await evidenceOf(
            [
              [0.5, 0.5],
              [0.2, 0.7],
            ],
            { relevances },
          ),
          options(),
        ),
      ),
    );
    expect(twice[0]).toEqual(twice[1]);
  });
});
