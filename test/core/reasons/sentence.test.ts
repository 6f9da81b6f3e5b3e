import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { compareClasses } from '../../../core/reasons/comparison.ts';
import { classesAtEnd, leaningOf, leaningWords } from '../../../core/reasons/leaning.ts';
import { reasonOf, sentenceOf } from '../../../core/reasons/sentence.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';

const quantiles = { q05: -2, q25: -1, q50: 0, q75: 1, q95: 2 };
const concept = { name: 'loop', quantiles, mean: 0, prototypes: [1, 2, 3], prototypeLabels: [0, 0, 2] };
const lowEnd = { lowPrototypes: [4, 5], lowPrototypeLabels: [1, 1] };

describe('where an input lies on a concept', () => {
  it('is an end, and whether it is beyond the middle half of the training inputs', () => {
    const told = [1.5, 1, 0.5, 0, -0.5, -1].map((value) => leaningWords(leaningOf(concept, value) ?? ({} as never)));
    expect(told).toEqual(['high', 'high', 'a little high', 'a little high', 'a little low', 'low']);
    const same = { ...concept, quantiles: { q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 }, mean: 1 };
    expect(leaningOf(same, 1)).toBeUndefined();
  });

  it('is like the classes of most prototypes of the end', () => {
    expect(classesAtEnd({ ...concept, ...lowEnd }, 'high')).toEqual([0, 2]);
    expect(classesAtEnd({ ...concept, ...lowEnd }, 'low')).toEqual([1]);
    const nine = { prototypes: Array(9).fill(0), prototypeLabels: [0, 0, 0, 0, 1, 1, 1, 1, 2] };
    expect(classesAtEnd({ ...concept, ...nine }, 'high')).toEqual([0, 1]);
    expect(classesAtEnd(concept, 'low')).toEqual([]);
  });
});

describe('why, in words', () => {
  const told = (
    model: Pick<Manifest, 'input' | 'classes' | 'concepts'>,
    contributions: number[][],
    concepts = contributions.map(() => 1.5),
    input: readonly number[] = [],
  ): string =>
    sentenceOf(
      reasonOf(model, {
        prediction: { concepts, contributions },
        input: { data: Float32Array.from(input) },
        comparison: compareClasses({ contributions }, 0, 1),
      }),
    );
  const images = (...concepts: Manifest['concepts']) => ({ ...fakeManifest, concepts });

  it('begins with what would tip the decision in the picture where that is known', () => {
    const contributions = [
      [5, 0],
      [-3, 0],
    ];
    const reason = reasonOf(
      images({ ...concept, ...lowEnd }, { ...concept, name: 'bar', ...lowEnd }),
      {
        prediction: { concepts: [1.5, -1.5], contributions },
        input: { data: new Float32Array() },
        comparison: compareClasses({ contributions }, 0, 1),
      },
      'it would be read as “b” with more at the top',
    );
    expect(reason).toEqual({
      verdict: '“a” rather than “b”: it would be read as “b” with more at the top.',
      rest: 'Mainly, loop (high, like “a”) speaks for “a”. Without it, “b” would be ahead; bar (low, like “b”) speaks for “b”.',
    });
  });

  it('names what decides and what speaks for the other class, each with its end', () => {
    const model = images(
      { ...concept, ...lowEnd },
      { ...concept, name: 'slant', phrase: 'how far it leans' },
      { ...concept, name: 'bar', ...lowEnd },
    );
    expect(
      told(
        model,
        [[5], [1], [-3]].map(([d = 0]) => [d, 0]),
        [1.5, 0.5, -1.5],
      ),
    ).toBe(
      // of the prototypes of its high end some are like “c”, which is none of the two
      '“a” rather than “b”, mainly because loop (high, like “a”) speaks for “a”. ' +
        'Without it, “b” would be ahead; bar (low, like “b”) speaks for “b”.',
    );
    expect(
      told(
        model,
        [[1], [5], [-3]].map(([d = 0]) => [d, 0]),
        [1.5, 0.5, -1.5],
      ),
    ).toContain('because slant (a little high, how far it leans) speaks for “a”.');
  });

  it('begins with what the end looks like, where somebody has told that', () => {
    const ends = { low: 'a plain stroke', high: 'a bar on top' };
    const model = images(
      { ...concept, ends },
      { ...concept, name: 'slant', ends: { low: 'to the left', high: 'upright' } },
    );
    expect(
      told(
        model,
        [[5], [-3]].map(([d = 0]) => [d, 0]),
        [1.5, -0.5],
      ),
    ).toBe(
      '“a” rather than “b”, mainly because a bar on top (loop, high) speaks for “a”. ' +
        'Without it, “b” would be ahead; to the left (slant, a little low) speaks for “b”.',
    );
  });

  it('names three that decide and counts the others, and none that hardly speaks', () => {
    const model = images(...['p', 'q', 'r', 's', 't'].map((name) => ({ ...concept, name, prototypeLabels: [] })));
    expect(
      told(
        model,
        [5, 4, 3, 2, 1].map((d) => [d, 0]),
      ),
    ).toBe(
      '“a” rather than “b”, mainly because p (high), q (high) and r (high) speak for “a”, and 2 more. ' +
        'Without these 5, “b” would be level; hardly anything speaks for “b”.',
    );
  });

  it('tells of a table the values of its features', () => {
    const features = [
      { name: 'age', unit: 'years', range: [20, 70] as [number, number] },
      { name: 'priors', range: [0, 9] as [number, number] },
    ];
    const concepts = features.map(({ name }) => ({ ...concept, name }));
    const model = { classes: ['low', 'high'], input: { kind: 'tabular' as const, features }, concepts };
    expect(
      told(
        model,
        [
          [3, 0],
          [0, 2],
        ],
        [0, 0],
        [33, 4],
      ),
    ).toBe(
      '“low” rather than “high”, mainly because age (33 years) speaks for “low”. ' +
        'Without it, “high” would be ahead; priors (4) speaks for “high”.',
    );
  });

  it('says which concepts raise the one class, and which lower the other', () => {
    const model = images(...['p', 'q', 'r', 's'].map((name) => ({ ...concept, name, prototypeLabels: [2, 2, 2] })));
    expect(
      told(model, [
        [3, -1, 0],
        [1, -3, 0],
        [-0.5, 0.1, 0],
        [-0.1, 0.5, 0],
      ]),
    ).toBe(
      '“a” rather than “b”, mainly because p (high) speaks for “a”, and q (high) speaks against “b”. ' +
        'Without these 2, “b” would be ahead; s (high) speaks for “b”, and r (high) speaks against “a”.',
    );
  });

  it('says where two classes are level', () => {
    expect(told(images(concept), [[0, 0]])).toBe('“a” and “b” are level.');
  });
});
