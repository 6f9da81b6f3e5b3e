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

describe('what would tip a decision', () => {
  it('is the deciding concept, moved no farther than makes the model clearly say the other class', async () => {
    // for a lead of 4 it gives 98 %, for one of 6 enough: from 6 to −1, and the logits are −1, 5 and −4
    const point = (await pointOf([6, 5])) as TurningPoint;
    expect(point).toMatchObject({ ahead: 0, behind: 1, index: 1, moved: [{ concept: 0, direction: 'lower' }] });
    expect([...point.decoded.data]).toEqual([-1, -1, 5, 5]);
    expect([...point.own.data]).toEqual([6, 6, 5, 5]);
    expect(point.probability).toBeCloseTo(1 / (1 + Math.exp(-6) + Math.exp(-9)), 6);
  });

  it('is the smallest move of all concepts where that one alone gives another class, or none clearly', async () => {
    // from 3 the first step is −0.3125, where the other class has 69 %; from the second on the third class is ahead
    const point = (await pointOf([3, 1])) as TurningPoint;
    expect(point).toMatchObject({ ahead: 0, behind: 1, index: 1 });
    expect(point.moved).toEqual(
      expect.arrayContaining([
        { concept: 0, direction: 'lower' },
        { concept: 1, direction: 'higher' },
      ]),
    );
    const [top = 0, , bottom = 0] = point.decoded.data;
    // what is told is what the model reads in the very picture
    const logits = [top, bottom, -top - bottom].map(Math.exp);
    expect(point.probability).toBeCloseTo((logits[1] as number) / logits.reduce((sum, value) => sum + value), 6);
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

  it('names what was moved, and counts what is more', () => {
    expect(movedWords({ concepts }, moved('lower'))).toBe('with p lower');
    expect(movedWords({ concepts }, moved('lower', 'higher'))).toBe('with p lower and q higher');
    const told = concepts.map((concept) => ({ ...concept, ends: { low: 'open', high: 'closed' } }));
    expect(movedWords({ concepts: told }, moved('lower'))).toBe('with p lower (open)');
    expect(movedWords({ concepts: told }, moved('lower', 'higher'))).toBe('with p lower and q higher');
    expect(movedWords({ concepts }, moved('lower', 'higher', 'lower', 'lower', 'lower'))).toBe(
      'with p lower, q higher, r lower and 2 more',
    );
  });

  it('says what is read, and whether that is still the same', () => {
    const point = { ahead: 0, behind: 1, index: 1, probability: 0.875 } as TurningPoint;
    expect(readWords(manifest, point)).toBe('“b” 87.5 %');
    expect(readWords(manifest, { ...point, index: 0 })).toBe('still “a” 87.5 %');
    expect(readWords(manifest, { ...point, index: 2 })).toBe('“c” 87.5 %');
  });
});
