import { attributingGraphs } from '../../../../core/attributions/index.ts';
import { SennError } from '../../../../core/errors.ts';
import type { AskedOfBatch, Job } from '../../../../core/scoring/job.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { listedGraph, readListedFile, readManifest } from '../../../models/model-folder.ts';
import { addressText, inTheOpen, isInTheOpen, type QueueAddress } from './address.ts';
import { checkBlob, digestOf } from './blobs.ts';
import { openBoard } from './board.ts';
import { connect, isRefusal } from './connect.ts';
import { hasFile, type ModelsFrom } from './models-from.ts';
import { type QueuedModel, type QueueRunner, startQueueRunner } from './queue-runner.ts';

/** A job over a queue: its models and training inputs are laid there for workers, then its batches can be given out. */

export interface QueuedJob {
  readonly job: Job;
  /** Folders of its models. */
  readonly paths: readonly string[];
  readonly asked: AskedOfBatch;
  /** `[M, F]` in the model's units, for attributions */
  readonly training: Tensor | undefined;
  /** Where workers may have files of models from: what is there is not laid in Redis. */
  readonly modelsFrom?: ModelsFrom | undefined;
}

/** @throws unavailable | payload_too_large | invalid_model where a folder changed since the job was made */
export async function startQueue(
  address: QueueAddress,
  { job, paths, asked, training, modelsFrom }: QueuedJob,
  onNote: (note: string) => void,
): Promise<QueueRunner> {
  const blobs = new Map<string, Uint8Array>();
  const lay = (what: string, bytes: Uint8Array): string => {
    checkBlob(what, bytes);
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return digest;
  };
  const layUnlessThere = async (what: string, bytes: Uint8Array): Promise<string> => {
    const digest = digestOf(bytes);
    return modelsFrom && (await hasFile(modelsFrom, digest, bytes.byteLength)) ? digest : lay(what, bytes);
  };
  const models: QueuedModel[] = [];
  for (const [i, path] of paths.entries()) {
    const { bytes, manifest } = await readManifest(path);
    const digest = await layUnlessThere(`${path}/manifest.json`, bytes);
    if (digest !== job.models[i]?.digest)
      throw new SennError('invalid_model', `${path}: changed under the job`, { path });
    for (const graph of new Set(attributingGraphs(manifest, asked.attributions))) {
      await layUnlessThere(`${path}: graph ${graph}`, await readListedFile(path, listedGraph(manifest, graph)));
    }
    models.push({ manifest, digest });
  }
  const trained = training && {
    digest: lay(
      'training inputs',
      new Uint8Array(training.data.buffer, training.data.byteOffset, training.data.byteLength),
    ),
    shape: training.shape as [number, number],
  };
  if (isInTheOpen(address)) onNote(`queue: ${inTheOpen(address)}`);
  const connected = await connect(address, (lost) =>
    onNote(`queue: ${addressText(address)} ${lost ? 'is lost; it is tried again' : 'is back'}`),
  );
  const board = openBoard(connected, (error) => onNote(`queue: ${error.message}`));
  try {
    await board.keep(blobs);
  } catch (error) {
    const { message } = error as Error;
    if (isRefusal(error)) {
      await board.close();
      throw new SennError('unavailable', `queue ${addressText(address)}: ${message}`);
    }
    onNote(`queue: ${message}`); // the connection broke off meanwhile: the runner looks after the files as well
  }
  return startQueueRunner({ job, models, blobs, training: trained, asked }, board, { onNote });
}
