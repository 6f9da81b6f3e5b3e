import { describe, expect, it } from 'vitest';
import { classSvg } from '../../../core/figure/class/class-figure.ts';
import { type Manifest, parseManifest } from '../../../core/manifest.ts';
import { type Tensor, tensor } from '../../../core/tensor.ts';
import { classAnswer, classResponseSchema, classView, speakingPrototypes } from '../../../core/views/class-view.ts';
import { gatherProfiles } from '../../../core/views/profiles.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';

/** Three inputs: two of class a, one of class c. h and θ by hand. */
const forward = {
  concepts: tensor(Float32Array.of(1, 2, 3, -2, 5, 1), [3, 2]),
  relevances: tensor(
    Float32Array.of(
      ...[2, 0, 0, 1, 0, 0], // contributions to a: 2, 2
      ...[1, 0, 0, 2, 0, 0], // contributions to a: 3, −4
      ...[0, 0, -1, 0, 0, 4], // contributions to c: −5, 4
    ),
    [3, 2, 3],
  ),
};
const labels = [0, 0, 2];

function profilesOfAll() {
  const gathered = gatherProfiles(fakeManifest);
  gathered.add(forward, labels);
  return gathered.profiles();
}

describe('profiles of classes', () => {
  it('are means over the training inputs of each', () => {
    const [a, b, c] = profilesOfAll();
    expect(a).toEqual({
      count: 2,
      concepts: [
        { mean: 2, deviation: 1, contribution: 2.5, magnitude: 2.5, decides: 1 },
        { mean: 0, deviation: 2, contribution: -1, magnitude: 3, decides: 0 },
      ],
      covariance: [
        [1, -2],
        [-2, 4],
      ],
    });
    expect(b?.count).toBe(0);
    expect(b?.concepts[0]).toEqual({ mean: 0, deviation: 0, contribution: 0, magnitude: 0, decides: 0 });
    expect(c).toEqual({
      count: 1,
      concepts: [
        { mean: 5, deviation: 0, contribution: -5, magnitude: 5, decides: 0 },
        { mean: 1, deviation: 0, contribution: 4, magnitude: 4, decides: 1 },
      ],
      covariance: [
        [0, 0],
        [0, 0],
      ],
    });
  });

  it('are the same however the inputs come in batches', () => {
    const gathered = gatherProfiles(fakeManifest);
    for (const n of [2, 0, 1]) {
      const [K, KC] = [2, 6];
      gathered.add(
        {
          concepts: { shape: [1, 2], data: forward.concepts.data.subarray(n * K, (n + 1) * K) },
          relevances: { shape: [1, 2, 3], data: forward.relevances.data.subarray(n * KC, (n + 1) * KC) },
        },
        [labels[n] as number],
      );
    }
    expect(gathered.profiles()).toEqual(profilesOfAll());
  });

  it('must be one for each class in a manifest, each with every concept', () => {
    const profiles = profilesOfAll();
    expect(parseManifest({ ...fakeManifest, profiles }).profiles).toEqual(profiles);
    expect(() => parseManifest({ ...fakeManifest, profiles: profiles.slice(1) })).toThrow(
      'profiles: must be one for each class, each with every concept',
    );
  });
});

const manifest: Manifest = {
  ...fakeManifest,
  concepts: fakeManifest.concepts.map((concept, k) => ({ ...concept, mean: 1.5, prototypes: k === 0 ? [7, 8] : [9] })),
  profiles: profilesOfAll(),
};
const prototypes = tensor(
  Float32Array.from({ length: 16 }, (_, i) => i / 16),
  [2, 2, 1, 2, 2],
);
const encode = ({ data }: Tensor) => `data:image/png;base64,${Array.from(data).join('-')}`;

describe('a class', () => {
  it('is its concepts, those that weigh most first, with the end at which it lies', () => {
    const view = classView(manifest, 'a');
    expect(view).toMatchObject({ label: 'a', index: 0, count: 2 });
    expect(view.concepts.map(({ concept, end }) => [concept, end])).toEqual([
      [1, 'low'],
      [0, 'high'],
    ]);
    expect(view.concepts[0]?.share).toBeCloseTo(3 / 5.5, 12);
    expect(view.concepts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(classView(manifest, '2').label).toBe('c');
    expect(classView(manifest, 'b').concepts.map(({ share }) => share)).toEqual([0, 0]);
  });

  it('is not there: an error lists those that are, or says what the model lacks', () => {
    for (const asked of ['zebra', '3', '-1', '']) {
      expect(() => classView(manifest, asked)).toThrow(
        expect.objectContaining({ code: 'not_found', message: `model "fake" has no class "${asked}"; choose a, b, c` }),
      );
    }
    expect(() => classView(fakeManifest, 'a')).toThrow(
      expect.objectContaining({ code: 'not_found', message: expect.stringContaining('train and export it again') }),
    );
  });

  it('shows the low end where the model has it', () => {
    const both: Manifest = {
      ...manifest,
      concepts: manifest.concepts.map((concept) => ({ ...concept, lowPrototypes: [3] })),
    };
    const lowest = tensor(Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]), [2, 1, 1, 2, 2]);
    const [low] = classView(both, 'a').concepts;
    const own = speakingPrototypes(low as NonNullable<typeof low>, both, { prototypes, lowPrototypes: lowest });
    expect(own).toMatchObject({ shape: [1, 1, 2, 2] });
    expect([...(own as Tensor).data]).toEqual([5, 6, 7, 8]);
  });

  it('shows prototypes only of the end that the files hold', () => {
    const [low, high] = classView(manifest, 'a').concepts;
    expect(speakingPrototypes(low as NonNullable<typeof low>, manifest, { prototypes })).toBeUndefined();
    const own = speakingPrototypes(high as NonNullable<typeof high>, manifest, { prototypes });
    expect(own?.shape).toEqual([2, 1, 2, 2]);
    const answer = classResponseSchema.parse(classAnswer(manifest, classView(manifest, 'a'), { prototypes }, encode));
    expect(answer.concepts[1]?.images).toEqual([
      encode({ shape: [], data: prototypes.data.slice(0, 4) }),
      encode({ shape: [], data: prototypes.data.slice(4, 8) }),
    ]);
    expect(answer.concepts[0]).not.toHaveProperty('images');
  });

  it('is drawn with a row for each concept, and what stands in it', () => {
    const svg = classSvg({ manifest, statics: { prototypes } }, classView(manifest, 'a'), encode);
    expect(svg).toContain('class “a”');
    expect(svg).toContain('2 training inputs');
    expect(svg.indexOf('>bottom<')).toBeLessThan(svg.indexOf('>top<'));
    expect(svg).toContain('54.5 %');
    expect(svg).toContain('decides 100.0 %');
    expect(svg).toContain('training inputs at that end');
    const without = classSvg({ manifest, statics: {} }, classView(manifest, 'a'), encode);
    expect(without).not.toContain('<image');
    expect(without).not.toContain('training inputs at that end');
  });
});
