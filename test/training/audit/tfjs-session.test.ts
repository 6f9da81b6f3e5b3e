import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { replayGolden } from '../../../core/golden.ts';
import { type Manifest, parseManifest } from '../../../core/manifest.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { tfjsSession, tfjsSessions } from '../../../training/audit/tfjs-session.ts';
import { graphsOf, kinds } from '../../../training/kinds/index.ts';
import type { Graphs } from '../../../training/kinds/kind.ts';
import { forwardPass } from '../../../training/kinds/shared/forward.ts';
import { goldenOf } from '../../../training/run/golden.ts';
import { expectClose } from '../../helpers/close.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { useBackend } from '../backends/installed.ts';
import { tinyPrototypeNetworks } from '../kinds/prototype-dnn/tiny.ts';
import { inOrder, SIZE, tinyConfig, tinyNetworks, tinySplit } from '../tiny.ts';

const FLOAT = { absolute: 1e-5, relative: 1e-4 };
const file = { file: 'none', sha256: '0'.repeat(64) };

/** What a manifest says of tiny networks of a kind. */
function manifestOf(graphs: Graphs, concepts: number): Manifest {
  return parseManifest({
    ...fakeManifest,
    input: { kind: 'image', channels: 1, height: SIZE, width: SIZE },
    concepts: Array.from({ length: concepts }, () => fakeManifest.concepts[0]),
    graphs: Object.fromEntries(Object.entries(graphs).map(([name, ports]) => [name, { ...file, ...ports }])),
    parameterizer: { reads: graphs.parameterizer.inputs[0] },
    artefacts: ['concepts', 'relevances', 'contributions'],
    files: {},
  });
}

describe('a session over tfjs', () => {
  beforeAll(() => useBackend('wasm'));
  const split = tinySplit(5);
  const input = { shape: split.shape, data: split.gather(inOrder(5)) };

  it('a predictor over it gives what the networks themselves give, and decodes', async () => {
    const networks = tinyNetworks(tinyConfig());
    const graphs = graphsOf(tinyConfig());
    const predictor = createPredictor(manifestOf(graphs, 2), tfjsSessions(networks, graphs));
    const { concepts, relevances } = await predictor.forward(input);
    const pass = forwardPass(networks, tf.tensor4d(input.data, [5, SIZE, SIZE, 1]), 'input');
    expectClose(concepts.data, pass.mean.dataSync(), FLOAT);
    expectClose(relevances.data, pass.relevances.dataSync(), FLOAT);
    expectClose((await predictor.decode(concepts)).data, pass.reconstruction.dataSync(), FLOAT);
    const predictions = await predictor.predict(input, { explain: [] });
    expectClose(
      predictions.flatMap(({ logits }) => [...logits]),
      pass.logits.dataSync(),
      FLOAT,
    );
  });

  it.each(['disenn', 'prototype-dnn'] as const)('gives the golden outputs of a %s', async (name) => {
    const networks = name === 'disenn' ? tinyNetworks(tinyConfig()) : tinyPrototypeNetworks();
    const graphs = name === 'disenn' ? graphsOf(tinyConfig()) : kinds[name].graphs;
    const golden = goldenOf(networks, graphs, split, inOrder(3));
    const manifest = manifestOf(graphs, golden.tensors['concepts']?.shape[1] as number);
    const checks = await replayGolden(golden, manifest, tfjsSessions(networks, graphs));
    expect(checks.map(({ output }) => output)).toEqual(expect.arrayContaining(['concepts', 'relevances', 'logits']));
    expect(checks.every(({ passed }) => passed)).toBe(true);
  });

  it('an empty batch gives empty outputs, in the layout of the contract; a missing input is named', async () => {
    const { decoder } = tinyNetworks(tinyConfig());
    const session = tfjsSession(decoder, graphsOf(tinyConfig()).decoder ?? { inputs: [], outputs: [] });
    const { reconstruction } = await session.run({ concepts: { shape: [0, 2], data: new Float32Array(0) } });
    expect(reconstruction?.shape).toEqual([0, 1, SIZE, SIZE]);
    await expect(session.run({ input })).rejects.toThrow('no input "concepts" was given');
  });

  it('leaves no tensor behind', async () => {
    const networks = tinyNetworks(tinyConfig());
    const sessions = tfjsSessions(networks, graphsOf(tinyConfig()));
    const before = tf.memory().numTensors;
    await sessions.conceptizer?.run({ input });
    await sessions.parameterizer?.run({ input });
    expect(tf.memory().numTensors).toBe(before);
  });
});
