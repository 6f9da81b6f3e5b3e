import { describe, expect, it } from 'vitest';
import { predictionSchema } from '../../../core/api.ts';
import type { AnswerContext } from '../../../core/artefacts/artefact.ts';
import { classPrototypesAt, classPrototypesOf } from '../../../core/artefacts/ends/class-prototypes.ts';
import { endOf, endShown, endTold, hasTwoEnds, referenceOf } from '../../../core/artefacts/ends/end.ts';
import { type ArtefactName, writeArtefacts } from '../../../core/artefacts/index.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import { createPredictor, type Prediction } from '../../../core/predictor.ts';
import { tensor } from '../../../core/tensor.ts';
import { fakeManifest, fakeSessions } from '../../helpers/fake-model.ts';

const [top, bottom] = fakeManifest.concepts as [Concept, Concept];
const file = { file: 'x.png', sha256: '0'.repeat(64) };
const manifest: Manifest = {
  ...fakeManifest,
  concepts: [
    {
      ...top,
      mean: 1,
      prototypes: [1, 2],
      lowPrototypes: [3],
      contrasts: [
        [1, 3],
        [2, 4],
      ],
    },
    { ...bottom, mean: 1, prototypes: [5], lowPrototypes: [6, 7], contrasts: [] },
  ],
  artefacts: [...fakeManifest.artefacts, 'prototypes', 'lowPrototypes', 'contrasts'],
  files: { prototypes: file, lowPrototypes: file, contrasts: file },
};

describe('the end of a concept that an input lies towards', () => {
  const quantiles = { q05: -1, q25: 0, q50: 2, q75: 3, q95: 4 };
  it('is high at the training mean and above it, and by the median where no mean is told', () => {
    expect([0.9, 1, 1.1].map((h) => endOf({ mean: 1, quantiles }, h))).toEqual(['low', 'high', 'high']);
    expect(referenceOf({ quantiles })).toBe(2);
    expect(endOf({ quantiles }, 1.9)).toBe('low');
  });

  it('is told and shown where low prototypes are there', () => {
    expect(endTold(manifest.concepts[0] as Concept, 0)).toBe('low');
    expect(endTold(top, -5)).toBe('high');
    expect(endShown(manifest, 0, 0)).toBe('low');
    expect(endShown({ ...manifest, artefacts: ['prototypes'] }, 0, 0)).toBe('high');
    expect(hasTwoEnds(manifest)).toBe(true);
    expect(hasTwoEnds({ ...manifest, artefacts: ['prototypes'] })).toBe(false);
    expect(hasTwoEnds({ ...manifest, concepts: [top, bottom] })).toBe(false);
  });
});

describe('the answer', () => {
  /** Image p of concept k is all of one value: at the high end k + p / 10, at the low one 5 more, of contrasts 9 more. */
  const content = (P: number, from: number) =>
    tensor(
      Float32Array.from({ length: 2 * P * 4 }, (_, i) => from + Math.floor(i / 4 / P) + (Math.floor(i / 4) % P) / 10),
      [2, P, 1, 2, 2],
    );
  const uri = 'data:image/png;base64,';
  const context: AnswerContext = {
    manifest,
    options: { sheet: false },
    statics: { prototypes: content(2, 0), lowPrototypes: content(2, 5), contrasts: content(4, 9) },
    encodeImage: ({ data }) => uri + (data[0] as number).toFixed(1),
  };
  const answerTo = async (pixels: number[], asked: ArtefactName[], given: AnswerContext = context) => {
    const input = tensor(Float32Array.from(pixels), [1, 1, 2, 2]);
    const [prediction] = await createPredictor(manifest, fakeSessions()).predict(input, { explain: asked });
    const answer: Record<string, unknown> = {};
    writeArtefacts(answer, asked, prediction as Prediction, given);
    predictionSchema.partial().parse(answer);
    return answer;
  };

  it('holds the prototypes of the end of each concept that the input lies towards', async () => {
    // h = [2, 0.5]
    expect(await answerTo([1, 1, 0.5, 0], ['prototypes'])).toEqual({
      prototypes: [
        { concept: 0, end: 'high', images: [`${uri}0.0`, `${uri}0.1`] },
        { concept: 1, end: 'low', images: [`${uri}6.0`, `${uri}6.1`] },
      ],
    });
    // h = [0, 1]
    expect(await answerTo([0, 0, 0, 1], ['prototypes'])).toEqual({
      prototypes: [
        { concept: 0, end: 'low', images: [`${uri}5.0`] },
        { concept: 1, end: 'high', images: [`${uri}1.0`] },
      ],
    });
  });

  it('holds the low ends and the pairs of each concept, the same for every input', async () => {
    for (const pixels of [
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ]) {
      expect(await answerTo(pixels, ['lowPrototypes', 'contrasts'])).toEqual({
        lowPrototypes: [
          { concept: 0, images: [`${uri}5.0`] },
          { concept: 1, images: [`${uri}6.0`, `${uri}6.1`] },
        ],
        contrasts: [
          {
            concept: 0,
            high: { images: [`${uri}9.0`, `${uri}9.2`] },
            low: { images: [`${uri}9.1`, `${uri}9.3`] },
          },
          { concept: 1, high: { images: [] }, low: { images: [] } },
        ],
      });
    }
  });

  it('holds the ends of each class in the order of the classes', async () => {
    const classPrototypes = [
      { low: [1], high: [2, 3] },
      { low: [], high: [4] },
      { low: [5], high: [] },
    ];
    const told = { ...manifest.concepts[0], classPrototypes } as Concept;
    const of: Manifest = {
      ...manifest,
      concepts: [told, { ...manifest.concepts[1], classPrototypes: [] } as Concept],
      artefacts: [...manifest.artefacts, 'classPrototypes'],
    };
    expect(classPrototypesAt(told, 0, 'high')).toEqual({ first: 1, count: 2 });
    expect(classPrototypesAt(told, 2, 'low')).toEqual({ first: 4, count: 1 });
    expect(classPrototypesAt(told, 2, 'high').count).toBe(0);
    expect(classPrototypesAt(of.concepts[1] as Concept, 0, 'low').count).toBe(0);
    const given = { ...context, manifest: of, statics: { classPrototypes: content(5, 0) } };
    expect(Array.from(classPrototypesOf(given.statics, of, 0, 1, 'high')?.data ?? [])).toEqual(
      Array.from(Float32Array.of(0.3, 0.3, 0.3, 0.3)),
    );
    expect(await answerTo([1, 1, 1, 1], ['classPrototypes'], given)).toEqual({
      classPrototypes: [
        {
          concept: 0,
          classes: [
            { label: of.classes[0], low: { images: [`${uri}0.0`] }, high: { images: [`${uri}0.1`, `${uri}0.2`] } },
            { label: of.classes[1], low: { images: [] }, high: { images: [`${uri}0.3`] } },
            { label: of.classes[2], low: { images: [`${uri}0.4`] }, high: { images: [] } },
          ],
        },
        { concept: 1, classes: [] },
      ],
    });
  });

  it('holds none of a content that is not at hand', async () => {
    const bare = { ...context, statics: {} };
    expect(await answerTo([1, 1, 1, 1], ['prototypes', 'lowPrototypes', 'contrasts'], bare)).toEqual({
      prototypes: [],
      lowPrototypes: [],
      contrasts: [],
    });
  });
});
