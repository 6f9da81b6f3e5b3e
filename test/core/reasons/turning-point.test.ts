import { describe, expect, it } from 'vitest';
import type { ClassProfile, Manifest } from '../../../core/manifest.ts';
import { createPredictor, type Sessions } from '../../../core/predictor.ts';
import { movedWords, readWords, type TurningPoint, turningPoint } from '../../../core/reasons/turning-point.ts';
import { wayTo } from '../../../core/reasons/way.ts';
import { imageAt } from '../../../core/tensor.ts';
import { rowSession } from '../../helpers/fake-model.ts';
import { inputOf, manifest as painting, sessionsOf, THETA } from '../../helpers/painting-model.ts';

/** The logits of the painting model are h₀, h₁ and −h₀ − h₁; its concepts usually lie between −50 and 50. */
const manifest: Manifest = { ...painting, artefacts: [...painting.artefacts, 'traversals'] };

async function pointOf(
  row: [number, number],
  { of = manifest, sessions = sessionsOf() as Sessions, contrast = undefined as number | undefined } = {},
) {
  const predictor = createPredictor(of, sessions);
  const [prediction] = await predictor.predict(inputOf(row), { explain: [] });
  const given = imageAt(inputOf(row), 0);
  return turningPoint(predictor, prediction as NonNullable<typeof prediction>, given, contrast);
}

/** The painting model that knows what is usual in each class: 6 in its own concept, and in none for the third. */
const usual = (...means: number[]) => ({
  count: 10,
  concepts: means.map((mean) => ({ mean, deviation: 1, contribution: 0, magnitude: 0, decides: 0 })),
});
const profiled: Manifest = { ...manifest, profiles: [usual(6, 0), usual(0, 6), usual(-6, -6)] };

describe('what would tip a decision', () => {
  it('is the first picture on the way to the other class that the model clearly reads as that', async () => {
    const point = (await pointOf([6, 1], { of: profiled })) as TurningPoint;
    expect(point).toMatchObject({ ahead: 0, behind: 1, index: 1 });
    const way = wayTo(profiled.concepts, profiled.profiles?.[1] as ClassProfile, [6, 1]);
    // the first at which the second leads by as much as makes 99 %
    const lead = Math.log(0.99 / 0.01);
    const [top, bottom] = way.find(([a = 0, b = 0]) => b - a >= lead) as [number, number];
    const [painted = 0, , below = 0] = point.decoded.data;
    expect([painted, below]).toEqual([Math.fround(top), Math.fround(bottom)]);
    expect([...point.own.data]).toEqual([6, 6, 1, 1]);
    expect(point.probability).toBeGreaterThanOrEqual(0.99);
  });

  it('keeps of what changes what the model decides by, that first', async () => {
    // the second row comes, the first goes; each does its part, and both are pieces of the change in the input
    const shown = { ...profiled, profiles: [usual(1, 0), usual(0, 1), usual(-1, 1)] };
    const sure = sessionsOf({ theta: () => THETA.map((value) => 9 * value) });
    const point = (await pointOf([0.9, 0.1], { of: shown, sessions: sure })) as TurningPoint;
    expect(point.change.pieces.map(({ pixels }) => [...pixels]).sort()).toEqual([
      [0, 1],
      [2, 3],
    ]);
    // where θ does not look at the second concept, what comes there decides nothing
    const blind = sessionsOf({ theta: () => [9, 0, -9, 0, 0, 0] });
    const half = (await pointOf([0.9, 0.1], { of: shown, sessions: blind, contrast: 2 })) as TurningPoint;
    expect(half.change.pieces.map(({ pixels }) => pixels)).toEqual([[0, 1]]);
  });

  it('is the picture that is read most clearly where none is clear', async () => {
    const near: Manifest = { ...profiled, profiles: [usual(6, 0), usual(0, 2), usual(-6, -6)] };
    const point = (await pointOf([6, 1], { of: near })) as TurningPoint;
    expect(point).toMatchObject({ index: 1 });
    expect(point.probability).toBeLessThan(0.99);
  });

  it('is the smallest move of all concepts where nothing is known of the classes, or the way leads to none', async () => {
    const empty = { ...usual(0, 6), count: 0 };
    for (const profiles of [undefined, [usual(6, 0), empty, usual(0, 0)], [usual(6, 0), usual(6, 0), usual(0, 0)]]) {
      const of = profiles === undefined ? manifest : { ...manifest, profiles };
      const point = (await pointOf([3, 1], { of })) as TurningPoint;
      expect(point).toMatchObject({ ahead: 0, behind: 1, index: 1 });
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
  it('says where the concepts were moved', () => {
    expect(movedWords(manifest, { behind: 1 })).toBe('its concepts moved towards “b”');
  });

  it('says what is read, and whether that is still the same', () => {
    const point = { ahead: 0, behind: 1, index: 1, probability: 0.875 } as TurningPoint;
    expect(readWords(manifest, point)).toBe('“b” 87.5 %');
    expect(readWords(manifest, { ...point, index: 0 })).toBe('still “a” 87.5 %');
    expect(readWords(manifest, { ...point, index: 2 })).toBe('“c” 87.5 %');
  });
});
