import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import '../../../serve/inference/no-telemetry.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type GraphName, inputShape, type ListedFile } from '../../../core/manifest.ts';
import { forwardGraphs } from '../../../core/predictor.ts';
import { readModelFolder } from '../../../serve/models/model-folder.ts';
import type { RawTask } from './protocol.ts';

/**
 * One thread of the loop: posts `ready` after its warm-up, waits for any message, then counts inputs until time is up.
 */
const { model, batch, decoded, seconds } = workerData as RawTask;
const { manifest } = await readModelFolder(model);

const open = ({ file }: { file: string }): Promise<InferenceSession> =>
  InferenceSession.create(join(model, file), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
const zeros = (shape: readonly number[]): Tensor =>
  new Tensor('float32', new Float32Array(shape.reduce((product, size) => product * size, 1)), [...shape]);

const opened = (graph: GraphName): Promise<InferenceSession> => open(manifest.graphs[graph] as ListedFile);
const forward = await Promise.all(forwardGraphs(manifest).map(opened));
const decoder = decoded > 0 ? await opened('decoder') : undefined;
const input = zeros([batch, ...inputShape(manifest)]);
const concepts = zeros([batch * decoded, manifest.concepts.length]);

async function step(): Promise<void> {
  for (const graph of forward)
    await graph.run(
      { input },
      ['concepts', 'relevances'].filter((name) => graph.outputNames.includes(name)),
    );
  await decoder?.run({ concepts });
}

for (let i = 0; i < 5; i++) await step();
parentPort?.once('message', async () => {
  let inputs = 0;
  const start = performance.now();
  const end = start + 1000 * seconds;
  do {
    await step();
    inputs += batch;
  } while (performance.now() < end);
  parentPort?.postMessage({ inputsPerSecond: (1000 * inputs) / (performance.now() - start) });
});
parentPort?.postMessage('ready');
