import { workerData } from 'piscina';
import { attributingGraphs } from '../../../../core/attributions/index.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import type { Predictor } from '../../../../core/predictor.ts';
import { scoreBatch } from '../../../../core/scoring/batch.ts';
import type { BatchResult } from '../../../../core/scoring/merge.ts';
import { openSession } from '../../../inference/onnxruntime.ts';
import { loadPredictor } from '../../../models/model-folder.ts';
import type { BatchTask, ThreadData } from './pool.ts';
import { type BatchReply, failedReply } from './wire.ts';

/** The code of a scoring thread: piscina calls its default export with each batch. */

const { training } = workerData as ThreadData;

/** Models by their folders, opened once a thread, which works for one job. */
const predictors = new Map<string, Promise<Predictor>>();

export default async function scoreTask(task: BatchTask): Promise<BatchReply<BatchResult>> {
  const { path, model, batch, asked, loaded } = task;
  const graphsOf = (manifest: Manifest) => attributingGraphs(manifest, asked.attributions);
  const predictor = predictors.get(path) ?? loadPredictor(path, openSession, graphsOf);
  predictors.set(path, predictor);
  try {
    const scores = await scoreBatch(await predictor, asked, loaded, training);
    return { ok: true, result: { model, batch, scores, unusable: loaded.unusable } };
  } catch (error) {
    return failedReply(error);
  }
}
