import { describe, expect, it } from 'vitest';
import type { Coalition, Outcome, Removals } from '../../../../core/metrics/evidence/removals.ts';
import { correlation, correlationTrial } from '../../../../core/metrics/removal/correlation.ts';
import { deletionTrial } from '../../../../core/metrics/removal/deletion.ts';
import { estimate, estimateTrial } from '../../../../core/metrics/removal/estimate.ts';
import { infidelity, infidelityTrial } from '../../../../core/metrics/removal/infidelity.ts';
import { insertionTrial } from '../../../../core/metrics/removal/insertion.ts';
import { monotonicityTrial } from '../../../../core/metrics/removal/monotonicity.ts';
import { monotonicityCorrelationTrial } from '../../../../core/metrics/removal/monotonicity-correlation.ts';
import { sensitivityN, sensitivityNTrial } from '../../../../core/metrics/removal/sensitivity-n.ts';
import { type Trial, tryOut } from '../../../../core/metrics/removal/trial.ts';
import { pgi } from '../../../../core/metrics/shaken/pgi.ts';
import { pgu } from '../../../../core/metrics/shaken/pgu.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { conceptWith, evidenceOf } from '../../../helpers/linear-model.ts';

const options = () => ({ random: randomStream(0) });

/** A game by hand: 1 − p is `own` where nobody has left, and grows by what each player takes along; the logit falls by as much. */
function gameOf(taken: readonly number[], own = 0): Removals {
  const outcomeOf = ({ removed }: Coalition): Outcome => {
    const gone = removed.reduce((sum, player) => sum + (taken[player] as number), 0);
    return { logit: -gone, complement: own + gone };
  };
  return { rows: Int32Array.of(0), players: [...taken.keys()], play: async (asked) => asked.map(outcomeOf) };
}
const tried = (trial: Trial, taken: readonly number[], a: readonly number[] = taken) =>
  tryOut(trial, gameOf(taken), () => a, options());

const taken = [0.4, 0.1, 0.3, 0.2];
const sums: [string, Trial][] = [
  ['estimate', estimateTrial],
  ['correlation', correlationTrial],
  ['sensitivity-n', sensitivityNTrial],
];

describe('a sum of players', () => {
  it.each(sums)(
    'has %s 1 for the attribution that says it, stretched or not, and −1 for its opposite',
    async (_, trial) => {
      for (const [scale, expected] of [
        [1, 1],
        [10, 1],
        [-1, -1],
      ] as const) {
        const result = await tried(
          trial,
          taken,
          taken.map((value) => scale * value),
        );
        expectClose((result as { value: number }).value, expected);
      }
      expect(await tried(trial, taken, [1, 1, 1, 1])).toMatchObject({ value: null });
    },
  );

  it('has infidelity 0 for the attribution that says it, (s − 1)² for s times it, 1 for none', async () => {
    expectClose((await tried(infidelityTrial, taken)).value as number, 0);
    const tripled = await tried(
      infidelityTrial,
      taken,
      taken.map((value) => 3 * value),
    );
    expectClose(tripled.value as number, 4);
    expect(tripled).toMatchObject({ figures: { scaled: expect.closeTo(0, 9), inputs: 1 } });
    expect(await tried(infidelityTrial, taken, [0, 0, 0, 0])).toMatchObject({ value: 1, figures: { scaled: 1 } });
    expect(await tried(infidelityTrial, [0, 0])).toMatchObject({ value: null });
  });

  it('has as raw infidelity the mean of the squared errors', async () => {
    // One player that leaves with probability ½: an error of 1 then. 30 draws.
    const result = await tried(infidelityTrial, [1], [2]);
    expectClose(result.value as number, 1);
    const { raw } = (result as { figures: Readonly<Record<string, number>> }).figures as { raw: number };
    expect(raw).toBeGreaterThan(0.2);
    expect(raw).toBeLessThan(0.8);
  });

  it('grows more probable with each player, and is monotone', async () => {
    expect(await tried(monotonicityTrial, taken)).toEqual({ value: 1, figures: { steps: 1, random: 1, inputs: 1 } });
    // the second one lowers p when it comes back
    const broken = await tried(monotonicityTrial, [0.4, -0.1, 0.3, 0.2]);
    expect(broken).toEqual({ value: 0, figures: { steps: 3 / 4, random: 0, inputs: 1 } });
  });

  it('is as monotone in size as the ranks agree', async () => {
    expectClose((await tried(monotonicityCorrelationTrial, taken, [-9, 0.5, 3, -2])).value as number, 1);
    // ranks 3 0 2 1 against 0 3 2 1: 1 − 6·(9 + 9) / (4·15)
    expectClose((await tried(monotonicityCorrelationTrial, taken, [0.1, 4, 3, 2])).value as number, 1 - 108 / 60);
  });

  it('has the areas under its curves', async () => {
    // p: 1, .6, .3, .1, 0 as .4, .3, .2, .1 leave; 0, .4, .7, .9, 1 as they come
    expectClose((await tried(deletionTrial, taken)).value as number, (0.5 + 0.6 + 0.3 + 0.1) / 4);
    expectClose((await tried(insertionTrial, taken)).value as number, (0.4 + 0.7 + 0.9 + 0.5) / 4);
    // the other way round: .1, .2, .3, .4
    expectClose(
      (
        await tried(
          deletionTrial,
          taken,
          taken.map((value) => -value),
        )
      ).value as number,
      (0.5 + 0.9 + 0.7 + 0.4) / 4,
    );
  });

  it('has a random order beside its areas', async () => {
    const even = await tried(deletionTrial, [0.25, 0.25, 0.25, 0.25], taken);
    expect(even).toMatchObject({ value: 0.5, figures: { random: 0.5, inputs: 1 } });
  });
});

const inputs = [
  [1, 0.5],
  [2, -0.5],
  [3, 1.5],
];
/** Contributions are θ·h and what goes is θ·(h − mean): of means 0 the same. */
describe('the removal through the decoder: a linear model, in closed form', () => {
  it.each([estimate, correlation, sensitivityN])('$name is 1', async (metric) => {
    const result = await metric.measure(await evidenceOf(inputs), options());
    expectClose((result as { value: number }).value, 1, { absolute: 1e-6 });
  });

  it('has infidelity 0, and counts what the decoder mixes', async () => {
    expectClose((await infidelity.measure(await evidenceOf(inputs), options())).value as number, 0, { absolute: 1e-9 });
    // dec(h) = (½h₀, ½h₁): each fall is half of what is said. Σ(a − ½a)² / Σ(½a)² = 1.
    const decode = ([a = 0, b = 0]: Float32Array) => [a / 2, b / 2];
    expectClose((await infidelity.measure(await evidenceOf(inputs, { decode }), options())).value as number, 1, {
      relative: 1e-5,
    });
  });

  it('takes a concept to its training mean, and leaves constant ones', async () => {
    const concepts = [conceptWith('a', [-2, -1, 0, 1, 2], 0.5), conceptWith('bias', [1, 1, 1, 1, 1], 1)];
    const { removals } = await evidenceOf([[2, 1]], { manifest: { concepts } });
    if (!('play' in removals)) expect.fail('there is a decoder');
    expect(removals.players).toEqual([0]);
    const [base, gone] = await removals.play([
      { n: 0, removed: [] },
      { n: 0, removed: [0] },
    ]);
    expectClose([base?.logit ?? 0, gone?.logit ?? 0], [2 * 2 - 1, 2 * 0.5 - 1]);
    expectClose([base?.complement ?? 0, gone?.complement ?? 0], [1 / (1 + Math.exp(3)), 1 / 2]);
  });

  it('looks at each set once, in whatever order it is named', async () => {
    const { removals, sessions } = await evidenceOf(inputs);
    if (!('play' in removals)) expect.fail('there is a decoder');
    const [both, again] = await removals.play([
      { n: 1, removed: [0, 1] },
      { n: 1, removed: [1, 0] },
    ]);
    await removals.play([
      { n: 1, removed: [1, 0] },
      { n: 0, removed: [] },
    ]);
    expect(both).toEqual(again);
    expect(sessions.decoder.runs).toEqual([1, 1]);
  });

  it.each([estimate, correlation, sensitivityN, infidelity, pgi, pgu])(
    'has no value without a decoder: $name',
    async (metric) => {
      const { decoder: _decoder, ...graphs } = fakeManifest.graphs;
      const result = await metric.measure(await evidenceOf(inputs, { manifest: { graphs } }), options());
      expect(result).toEqual({ value: null, reason: expect.stringContaining('no decoder') });
    },
  );
});

describe('prediction gaps', () => {
  it('shake what is asked for, and nothing moves where it has no weight', async () => {
    const model = { weights: [2, 0] };
    const important = (await pgi.measure(await evidenceOf(inputs, model), options())) as { value: number };
    const unimportant = (await pgu.measure(await evidenceOf(inputs, model), options())) as { value: number };
    expect(unimportant.value).toBe(0);
    expect(important.value).toBeGreaterThan(0.05);
  });

  it('are the mean size of the change, of noise with the concept’s own deviation', async () => {
    // z = .01·h₀: p moves by .01·δ/4, δ normal with the deviation d; E|δ| = d·√(2/π).
    const concepts = [
      { ...conceptWith('a', [-2, -1, 0, 1, 2], 0), deviation: 1.5 },
      { ...conceptWith('b', [-2, -1, 0, 1, 2], 0), deviation: 1 },
    ];
    const many = Array.from({ length: 300 }, () => [1, 0]);
    const evidence = await evidenceOf(many, { weights: [0.01, 0], manifest: { concepts } });
    const { value, figures } = (await pgi.measure(evidence, options())) as {
      value: number;
      figures: { random: number };
    };
    const expected = (0.01 / 4) * 1.5 * Math.sqrt(2 / Math.PI);
    expectClose(value, expected, { relative: 0.05 });
    expectClose(figures.random, expected / 2, { relative: 0.08 }); // half of the draws shake the other
  });
});
