import { describe, expect, it } from 'vitest';
import { MARGIN } from '../../../../core/artefacts/counterfactual/search.ts';
import { decodesOf } from '../../../../core/artefacts/index.ts';
import { counterfactualOf, manifest, sessionsOf } from '../../../helpers/painting-model.ts';

describe('a counterfactual of a model whose manifest says a margin', () => {
  it('wins by the margin that the manifest says, where it says one', async () => {
    const [found] = await counterfactualOf([[20, 0]], 'b', { of: { ...manifest, counterfactual: { margin: 2 } } });
    expect(found?.margin).toBeCloseTo(2, 4);
    expect(found?.distance).toBeCloseTo(Math.hypot(22 / 5, 44 / 5), 5);
  });

  it('wins by it when it is read again as well, for the sake of others who look at the picture', async () => {
    // what is painted is read a fifth lower: from [20, 0] by the same way, 0.8·(h₁ − h₀) ≥ 2
    const sessions = sessionsOf({ read: (painted) => 0.8 * painted });
    const [found] = await counterfactualOf([[25, 0]], 'b', {
      sessions,
      of: { ...manifest, counterfactual: { margin: 2 } },
    });
    const [a = 0, b = 0] = found?.concepts ?? [];
    expect(0.8 * (b - a)).toBeGreaterThan(2 - MARGIN.near);
    expect(0.8 * (b - a)).toBeLessThan(2 + MARGIN.near);
    expect(found?.margin).toBeCloseTo(b - a, 4);
  });

  it('leads on average over the picture and the same moved to its sides, where the manifest says how far', async () => {
    // the painted 2 × 2 moved by one pixel: up, both rows are the lower one, down, the upper one; to a side it stays. Where
    // they are alike h₁ − h₀ is 0, so that the average of five leads is 3/5 of the first.
    const of = { ...manifest, counterfactual: { margin: 3, shift: 1 } };
    const [found] = await counterfactualOf([[25, 0]], 'b', { of });
    const [a = 0, b = 0] = found?.concepts ?? [];
    expect(found?.verified).toBe(true);
    expect((3 * (b - a)) / 5).toBeGreaterThan(3 - MARGIN.near);
    expect((3 * (b - a)) / 5).toBeLessThan(3 + MARGIN.near);
    expect(decodesOf(of, ['counterfactual'], { steps: 7 })).toBe(6 * MARGIN.tries);
  });
});
