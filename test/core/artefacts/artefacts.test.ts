import { describe, expect, it } from 'vitest';
import type { AnswerContext } from '../../../core/artefacts/artefact.ts';
import {
  type ArtefactName,
  artefactNames,
  artefacts,
  artefactsOf,
  checkArtefacts,
  computedAmong,
  decodesOf,
  defaultArtefacts,
  possibleArtefacts,
  writeArtefacts,
} from '../../../core/artefacts/index.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { createPredictor, type Prediction } from '../../../core/predictor.ts';
import { tensor } from '../../../core/tensor.ts';
import { fakeManifest, fakeSessions } from '../../helpers/fake-model.ts';

const { decoder: _, ...withoutDecoder } = fakeManifest.graphs;
const blind: Manifest = {
  ...fakeManifest,
  graphs: withoutDecoder,
  artefacts: ['concepts', 'relevances', 'contributions'],
};
const image = tensor(Float32Array.of(0.25, 0.5, 0.75, 1), [1, 1, 2, 2]);

describe('the table of artefacts', () => {
  it('says of each artefact what it is, what it needs, and the keys that it has in an answer', () => {
    for (const name of artefactNames) {
      const { description, needs, fields } = artefacts[name];
      expect(description.length, name).toBeGreaterThan(10);
      expect(needs, name).not.toBe('');
      expect(Object.keys(fields), name).toContain(name);
    }
  });

  it('tells what graphs and files make possible', () => {
    expect(possibleArtefacts(fakeManifest)).toEqual([
      'concepts',
      'relevances',
      'contributions',
      'traversals',
      'counterfactual',
    ]);
    expect(possibleArtefacts(blind)).toEqual(['concepts', 'relevances', 'contributions']);
    const files = { prototypes: fakeManifest.golden };
    expect(possibleArtefacts({ ...blind, files })).toEqual([
      'concepts',
      'relevances',
      'contributions',
      'prototypes',
      'counterfactual',
    ]);
  });

  it('offers what the manifest lists and this version knows, and answers with the defaults among it', () => {
    const manifest = { artefacts: ['attention', 'prototypes', 'concepts'] };
    expect(artefactsOf(manifest)).toEqual(['concepts', 'prototypes']);
    expect(defaultArtefacts(manifest)).toEqual(['concepts']);
  });

  it('refuses what the model cannot show, and says why and what it can', () => {
    expect(() => checkArtefacts(blind, ['concepts'], {})).not.toThrow();
    expect(() => checkArtefacts(blind, ['concepts', 'traversals'], {})).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message:
          'explain: model "fake" has no traversals, which need a decoder; it shows concepts, relevances, contributions',
      }),
    );
  });

  it('counts the runs of the decoder that an input takes', () => {
    expect(decodesOf(fakeManifest, ['concepts', 'contributions'], { steps: 7 })).toBe(0);
    expect(decodesOf(fakeManifest, ['traversals'], { steps: 7 })).toBe(14);
    expect(computedAmong(['traversals', 'concepts'])).toEqual(['traversals']);
  });
});

describe('an answer', () => {
  const context: AnswerContext = {
    manifest: fakeManifest,
    options: { sheet: false },
    statics: { prototypes: tensor(new Float32Array(8), [2, 1, 1, 2, 2]) },
    encodeImage: ({ shape }) => `data:image/png;base64,${shape.join('x')}`,
  };
  const answerTo = async (asked: ArtefactName[]): Promise<Record<string, unknown>> => {
    const [prediction] = await createPredictor(fakeManifest, fakeSessions()).predict(image, {
      explain: asked,
      steps: 3,
    });
    const answer = {};
    writeArtefacts(answer, asked, prediction as Prediction, context);
    return answer;
  };

  it('holds the keys of what is asked for, and no other', async () => {
    expect(await answerTo([])).toEqual({});
    expect(Object.keys(await answerTo(['contributions', 'concepts']))).toEqual(['concepts', 'contributions']);
  });

  it('holds traversals and prototypes with their images', async () => {
    const { traversals, prototypes } = await answerTo(['traversals', 'prototypes']);
    expect(traversals).toHaveLength(2);
    expect(traversals).toMatchObject([{ concept: 0, images: Array(3).fill('data:image/png;base64,1x2x2') }, {}]);
    // the manifest indexes one prototype of the first concept, and none of the second
    expect(prototypes).toEqual([
      { concept: 0, end: 'high', images: ['data:image/png;base64,1x2x2'] },
      { concept: 1, end: 'high', images: [] },
    ]);
  });
});

describe('a model without a decoder', () => {
  it('predicts and explains, and refuses to decode', async () => {
    const { decoder: __, ...sessions } = fakeSessions();
    const predictor = createPredictor(blind, sessions);
    const [prediction] = await predictor.predict(image);
    expect(prediction?.label).toBe('a');
    expect(prediction?.traversals).toEqual([]);
    await expect(predictor.decode(tensor(new Float32Array(2), [1, 2]))).rejects.toMatchObject({
      code: 'unsupported_input',
      message: expect.stringContaining('no graph that is open gives reconstruction from concepts'),
    });
  });
});
