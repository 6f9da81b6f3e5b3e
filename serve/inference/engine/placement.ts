import { areOfForward, decodesOf, figureArtefacts } from '../../../core/artefacts/index.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { inputCount, interventionCount, pixelCount } from '../batch-input.ts';
import type { JobModel } from './job.ts';
import type { Ask } from './messages.ts';

/**
 * Where a job runs: a light one on the event loop, where an input of a small model takes less time than the way to a
 * thread and back; any other on a thread. What it saves: `npm run bench:serve`, the cells with one connection.
 */

/** Milliseconds of the event loop that a light job takes at most, and a batch of them. */
export const LIGHT_JOB = 1;
const LIGHT_BATCH = 4;
/**
 * While fewer jobs are in work a light one is run at once. Where more come, threads run larger batches of them, and
 * leave the event loop to reading and writing.
 */
export const FEW_JOBS = 8;
/**
 * About what an input takes besides h and θ, each of its pixels, and each number of θ: so that many or large ones
 * count.
 */
const MILLISECONDS_PER_INPUT = 0.03;
const MILLISECONDS_PER_PIXEL = 2e-5;
const MILLISECONDS_PER_RELEVANCE = 3e-4;
/** Decoded images that cost about as much as one input's h and θ; it keeps batches with traversals short. */
const DECODES_PER_INPUT = 8;
/** What was set is decoded once, and reading it again costs as much. */
const DECODES_PER_INTERVENTION = 2;

/** Milliseconds of an input besides h and θ, without its pixels. */
export const millisecondsBesides = ({ concepts, classes }: Manifest): number =>
  MILLISECONDS_PER_INPUT + concepts.length * classes.length * MILLISECONDS_PER_RELEVANCE;

/** Runs of the decoder that a job asks for. */
function decodedRows(ask: Ask, { manifest }: { readonly manifest: Manifest }): number {
  if (ask.kind === 'tensors' || ask.kind === 'attributions') return 0;
  const again = DECODES_PER_INTERVENTION * interventionCount(ask.input);
  const explain = ask.kind === 'figure' ? figureArtefacts(manifest, ask.options.explain) : ask.options.explain;
  return again + inputCount(ask.input) * decodesOf(manifest, explain, ask.options);
}

/** Whether h and θ are all that a job needs, which is all that is open on the event loop (`openForward`). */
function needsForwardOnly(ask: Ask): boolean {
  if (interventionCount(ask.input) > 0) return false;
  if (ask.kind === 'answer') return areOfForward(ask.options.explain);
  return ask.kind === 'tensors';
}

export interface Placement<Lane> {
  readonly lane: Lane;
  /** What the job takes of `batch.maxSize` there. */
  readonly weight: number;
}

export interface PlacementOptions<Lane> {
  readonly onThreads: Lane;
  readonly onEventLoop: Lane;
  /** For attributions alone. */
  readonly onExplainers: Lane;
  /** Light jobs run on the event loop while fewer jobs than this are in work; 0: never. */
  readonly inlineJobs: number;
  /** Of a batch, in inputs. */
  readonly maxSize: number;
}

/** @returns what places a job, given how many are in work */
export function createPlacement<Lane>({
  onThreads,
  onEventLoop,
  onExplainers,
  inlineJobs,
  maxSize,
}: PlacementOptions<Lane>) {
  return (model: JobModel, ask: Ask, inWork: number): Placement<Lane> => {
    const size = inputCount(ask.input);
    if (ask.attributing !== undefined) return { lane: onExplainers, weight: size };
    const decodes = decodedRows(ask, model.served);
    const milliseconds = size * model.inlineMilliseconds + pixelCount(ask.input) * MILLISECONDS_PER_PIXEL;
    if (inWork < inlineJobs && needsForwardOnly(ask) && milliseconds <= LIGHT_JOB) {
      return { lane: onEventLoop, weight: Math.max(size, (milliseconds / LIGHT_BATCH) * maxSize) };
    }
    return { lane: onThreads, weight: size + decodes / DECODES_PER_INPUT };
  };
}
