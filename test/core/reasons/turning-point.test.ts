import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { createPredictor, type Sessions } from '../../../core/predictor.ts';
import { movedWords, readWords, type TurningPoint, turningPoint } from '../../../core/reasons/turning-point.ts';
import { rowSession } from '../../helpers/fake-model.ts';
import { inputOf, manifest as painting, sessionsOf } from '../../helpers/painting-model.ts';

/** The logits of the painting model are h₀, h₁ and −h₀ − h₁; its concepts usually lie between −50 and 50. */
const manifest: Manifest = { ...painting, artefacts: [...painting.artefacts, 'traversals'] };

async function pointOf(
  row: [number, number],
  { of = manifest, sessions = sessionsOf() as Sessions, contrast = undefined as number | undefined } = {},
) {
  const predictor = createPredictor(of, sessions);
  const [prediction] = await predictor.predict(inputOf(row), { explain: [] });
  return turningPoint(predictor, prediction as NonNullable<typeof prediction>, contrast);
}

/** The painting model that knows what is usual in each class: 6 in its own concept, and in none for the third. */
const usual = (...means: number[]) => ({
  count: 10,
  concepts: means.map((mean) => ({ mean, deviation: 1, contribution: 0, magnitude: 0, decides: 0 })),
});
const profiled: Manifest = { ...manifest, profiles: [usual(6, 0), usual(0, 6), usual(-6, -6)] };

describe('what would tip a decision', () => {
  it('is the first picture on the way to what is usual in the other class that the model clearly reads as that', async () => {
    // on the way from (6, 1) to (0, 6) the second leads by 11 s − 5, which is 4.6, 99 %, or more from 14/16 on
    const point = (await pointOf([6, 1], { of: profiled })) as TurningPoint;
    expect(point).toMatchObject({ ahead: 0, behind: 1, index: 1, share: 14 / 16 });
    const there = [6 - (6 * 14) / 16, 1 + (5 * 14) / 16] as const;
    expect([...point.decoded.data]).toEqual([there[0], there[0], there[1], there[1]]);
    expect([...point.own.data]).toEqual([6, 6, 1, 1]);
    const logits = [there[0], there[1], -there[0] - there[1]].map(Math.exp);
    expect(point.probability).toBeCloseTo((logits[1] as number) / logits.reduce((sum, value) => sum + value), 6);
  });

  it('names the concepts whose move does most for the other class, by θ', async () => {
    const point = (await pointOf([6, 1], { of: profiled })) as TurningPoint;
    // 6 · 14/16 of the one and 5 · 14/16 of the other: the first alone is not three fifths of both
    expect(point.moved).toEqual([
      { concept: 0, direction: 'lower' },
      { concept: 1, direction: 'higher' },
    ]);
    const one: Manifest = { ...profiled, profiles: [usual(6, 0), usual(0, 2), usual(-6, -6)] };
    expect((await pointOf([6, 1], { of: one }))?.moved).toEqual([{ concept: 0, direction: 'lower' }]);
  });

  it('is the picture that is read most clearly where none is clear', async () => {
    const near: Manifest = { ...profiled, profiles: [usual(6, 0), usual(0, 2), usual(-6, -6)] };
    const point = (await pointOf([6, 1], { of: near })) as TurningPoint;
    expect(point).toMatchObject({ index: 1, share: 1 });
    expect(point.probability).toBeLessThan(0.99);
  });

  it('is the smallest move of all concepts where nothing is known of the classes, or the way leads to none', async () => {
    const empty = { ...usual(0, 6), count: 0 };
    for (const profiles of [undefined, [usual(6, 0), empty, usual(0, 0)], [usual(6, 0), usual(6, 0), usual(0, 0)]]) {
      const of = profiles === undefined ? manifest : { ...manifest, profiles };
      const point = (await pointOf([3, 1], { of })) as TurningPoint;
      expect(point).toMatchObject({ ahead: 0, behind: 1, index: 1 });
      expect(point.share).toBeUndefined();
    }
  });

  it('says what the model reads, also where that does not turn', async () => {
    const blind = { ...sessionsOf(), conceptizer: rowSession('concepts', [2], () => [6, 5]) };
    const point = (await pointOf([6, 5], { sessions: blind })) as TurningPoint;
    expect(point).toMatchObject({ ahead: 0, behind: 1, index: 0 });
    expect(readWords(manifest, point)).toBe('still “a” 73.1 %');
  });

  it('is sought for the class that is asked for', async () => {
    expect(await pointOf([6, 5], { contrast: 2 })).toMatchObject({ ahead: 0, behind: 2, index: 2 });
  });

  it('is nothing where two classes are level, and of a model that shows no decoded images', async () => {
    expect(await pointOf([0, 0])).toBeUndefined();
    expect(await pointOf([6, 5], { of: painting })).toBeUndefined();
  });
});

describe('what would tip a decision, in words', () => {
  const concepts = ['p', 'q', 'r', 's', 't'].map((name) => ({
    ...(manifest.concepts[0] as Manifest['concepts'][0]),
    name,
  }));
  const moved = (...directions: ('lower' | 'higher')[]) => ({
    moved: directions.map((direction, concept) => ({ concept, direction })),
  });

  it('names how far it is, and what was moved', () => {
    const { classes } = manifest;
    const words = (share: number | undefined, directions: ('lower' | 'higher')[], told = concepts): string =>
      movedWords(
        { concepts: told, classes },
        { ...moved(...directions), behind: 1, ...(share !== undefined && { share }) },
      );
    expect(words(0.4375, ['lower'])).toBe('44 % of the way to the usual “b”, mostly by p lower');
    expect(words(1, ['lower', 'higher'])).toBe('100 % of the way to the usual “b”, mostly by p lower and q higher');
    expect(words(0.5, [])).toBe('50 % of the way to the usual “b”');
    expect(words(undefined, ['lower', 'higher'])).toBe('with p lower and q higher');
    const told = concepts.map((concept) => ({ ...concept, ends: { low: 'open', high: 'closed' } }));
    expect(words(undefined, ['lower'], told)).toBe('with p lower (open)');
  });

  it('says what is read, and whether that is still the same', () => {
    const point = { ahead: 0, behind: 1, index: 1, probability: 0.875 } as TurningPoint;
    expect(readWords(manifest, point)).toBe('“b” 87.5 %');
    expect(readWords(manifest, { ...point, index: 0 })).toBe('still “a” 87.5 %');
    expect(readWords(manifest, { ...point, index: 2 })).toBe('“c” 87.5 %');
  });
});
