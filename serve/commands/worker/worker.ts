import { SennError } from '../../../core/errors.ts';
import { inputShape, parseManifest } from '../../../core/manifest.ts';
import { createPredictor, type Predictor } from '../../../core/predictor.ts';
import { scoreBatch } from '../../../core/scoring/batch.ts';
import { openSessions } from '../../../core/session.ts';
import { openSession } from '../../inference/onnxruntime.ts';
import { type BatchReply, failedReply, toWire } from '../score/running/wire.ts';
import type { FetchedModel } from './models.ts';
import type { QueuedBatch } from './pool.ts';

/** The code of a worker's thread: piscina calls its default export with each batch. */

/** Models that a thread keeps open. */
const MOST_OPEN = 4;

/** By digest and graphs; the last ones that were asked for. */
const open = new Map<string, Promise<Predictor>>();

async function openModel({ manifest: text, graphs, digest }: FetchedModel): Promise<Predictor> {
  const manifest = parseManifest(JSON.parse(text), `model ${digest}`);
  const names = Object.keys(graphs) as (keyof typeof manifest.graphs)[];
  // ONNX Runtime takes no shared memory
  const bytesOf = (graph: string): Uint8Array => (graphs[graph] as Uint8Array).slice();
  return createPredictor(manifest, await openSessions(names, bytesOf, openSession));
}

async function predictorOf(fetched: FetchedModel): Promise<Predictor> {
  const key = [fetched.digest, ...Object.keys(fetched.graphs)].join(' ');
  const found = open.get(key) ?? openModel(fetched);
  open.delete(key);
  open.set(key, found);
  found.catch(() => open.delete(key));
  for (const old of [...open.keys()].slice(0, -MOST_OPEN)) {
    const closing = open.get(old);
    open.delete(old);
    await (await closing)?.close(); // a thread scores one batch at a time: nobody uses it
  }
  return await found;
}

/** @throws shape_mismatch */
function checkInput(predictor: Predictor, { input }: QueuedBatch['loaded']): void {
  const [shape, given] = [inputShape(predictor.manifest), input.shape.slice(1)];
  if (shape.join() === given.join()) return;
  throw new SennError('shape_mismatch', `queue: inputs [${given}] must match the model's [${shape}]`);
}

export default async function scoreQueued(queued: QueuedBatch): Promise<BatchReply> {
  const { fetched, model, batch, asked, loaded, training } = queued;
  try {
    const predictor = await predictorOf(fetched);
    checkInput(predictor, loaded);
    const scores = await scoreBatch(predictor, asked, loaded, training);
    return { ok: true, result: toWire({ model, batch, scores, unusable: [] }) };
  } catch (error) {
    return failedReply(error);
  }
}
