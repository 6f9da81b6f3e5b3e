import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { tensor } from '../../../core/tensor.ts';
import { interventionOf } from '../../../core/views/intervention.ts';
import { fakeManifest, fakeSessions, rowSession } from '../../helpers/fake-model.ts';

const quantiles = { q05: -3.29, q25: -1, q50: 0, q75: 1, q95: 3.29 };
const manifest: Manifest = {
  ...fakeManifest,
  concepts: [
    { name: 'top', quantiles, mean: 1, prototypes: [] },
    { name: 'bottom', quantiles, prototypes: [] },
    { name: 'bias', quantiles: { q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 }, mean: 1, prototypes: [] },
  ],
};

describe('concepts to set', () => {
  const read = (values: Readonly<Record<string, number>>) => interventionOf(values, 'here', manifest);

  it('are named, or told by their index', () => {
    expect(read({ top: 2 })).toEqual([{ concept: 0, value: 2 }]);
    expect(read({ '0': 2, bottom: -1.5 })).toEqual([
      { concept: 0, value: 2 },
      { concept: 1, value: -1.5 },
    ]);
    expect(read({})).toEqual([]);
    expect(read({ bias: 1 })).toEqual([{ concept: 2, value: 1 }]);
  });

  it('bear their own name before another’s index', () => {
    const named = {
      ...manifest,
      concepts: manifest.concepts.map((concept, k) => ({ ...concept, name: String(2 - k) })),
    };
    expect(interventionOf({ '0': 1 }, 'here', named)).toEqual([{ concept: 2, value: 1 }]);
  });

  it.each([
    ['unknown concept "7"', { '7': 1 }],
    ['unknown concept "-1"', { '-1': 1 }],
    ['unknown concept "left" of "fake"; choose 0 to 2, or top, bottom, bias', { left: 1 }],
    // mean 1 and ten deviations of (q95 − q05)/3.29 = 2
    ['here: concept "top" = 21.1: must be from −19.00 to 21.00, its training mean and 10 deviations', { top: 21.1 }],
    ['concept "bottom" = -20.5', { bottom: -20.5 }],
    ['concept "top" = NaN', { top: Number.NaN }],
    ['concept "top" = Infinity', { top: Number.POSITIVE_INFINITY }],
    ['concept "bias" = 2: it is constant, 1.00', { bias: 2 }],
    ['concept 0, "top", is set twice', { top: 1, '0': 2 }],
  ])('are refused where they make no sense: %s', (message, values) => {
    expect(() => read(values)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(() => read(values)).toThrow(message);
  });
});

const image = tensor(Float32Array.of(1, 0, 0, 2, 0, 1, 1, 0), [2, 1, 2, 2]); // h = [1, 2], [1, 1]

describe('an intervention', () => {
  it('moves the concepts that are set and no others, and leaves a θ that reads the input', async () => {
    const plainly = await createPredictor(fakeManifest, fakeSessions()).predict(image, { explain: [] });
    const set = await createPredictor(fakeManifest, fakeSessions()).predict(image, {
      explain: [],
      concepts: [{ top: 3 }, undefined],
    });
    expect(set[0]?.concepts).toEqual([3, 2]);
    expect(set[0]?.relevances).toEqual(plainly[0]?.relevances);
    expect(set[0]?.contributions[0]).toEqual(plainly[0]?.relevances[0]?.map((theta) => theta * 3));
    expect(set[1]).toEqual(plainly[1]);
  });

  it('is decoded, and read again', async () => {
    const [set] = await createPredictor(fakeManifest, fakeSessions()).predict(image, {
      explain: [],
      concepts: [{ top: 3 }, undefined],
    });
    // the decoder paints [3, 3, 2, 2], in which h reads [6, 4]
    expect(set?.intervention?.decoded).toEqual({ shape: [1, 2, 2], data: Float32Array.of(3, 3, 2, 2) });
    const [again] = await createPredictor(fakeManifest, fakeSessions()).predict(
      tensor(Float32Array.of(3, 3, 2, 2), [1, 1, 2, 2]),
      { explain: [] },
    );
    expect(set?.intervention?.reread).toEqual({
      label: again?.label,
      index: again?.index,
      probability: again?.probability,
      concepts: [6, 4],
    });
  });

  it('has θ computed again where it reads the concepts', async () => {
    const { parameterizer } = fakeManifest.graphs;
    const closed: Manifest = {
      ...fakeManifest,
      graphs: {
        ...fakeManifest.graphs,
        parameterizer: { ...(parameterizer as NonNullable<typeof parameterizer>), inputs: ['concepts'] },
      },
      parameterizer: { reads: 'concepts' },
    };
    const sessions = {
      ...fakeSessions(),
      parameterizer: rowSession('relevances', [2, 3], ([a = 0, b = 0]) => [a, 0, 0, 0, b, 0]),
    };
    const set = await createPredictor(closed, sessions).predict(image, {
      explain: [],
      concepts: [undefined, { '0': 3, '1': -1 }],
    });
    expect(set[0]?.logits).toEqual([1, 4, 0]);
    expect(set[1]?.logits).toEqual([9, 1, 0]);
    expect(set[1]?.relevances).toEqual([
      [3, 0, 0],
      [0, -1, 0],
    ]);
  });

  it('of a model without a decoder is a prediction alone', async () => {
    const { decoder: _, ...graphs } = fakeManifest.graphs;
    const { decoder: _decoder, ...sessions } = fakeSessions();
    const [set] = await createPredictor({ ...fakeManifest, graphs }, sessions).predict(image, {
      explain: [],
      concepts: [{ top: 3 }, undefined],
    });
    expect(set?.concepts).toEqual([3, 2]);
    expect(set?.intervention).toBeUndefined();
  });

  it('is for every input, or the call is refused', async () => {
    const predictor = createPredictor(fakeManifest, fakeSessions());
    await expect(predictor.predict(image, { concepts: [{ top: 1 }] })).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'concepts: 1 for 2 inputs; each needs its own',
    });
  });
});
