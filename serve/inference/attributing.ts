import { type AskedOfInputs, type Asking, explainInputs } from '../../core/attributions/answers/explain-inputs.ts';
import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import { attributions } from '../../core/attributions/index.ts';
import { mostParts } from '../../core/attributions/shared/parts.ts';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { AskedAttributions } from '../answers/answer.ts';
import { type BatchInput, inputCount } from './batch-input.ts';
import type { Gone } from './served-model.ts';

/** Attributions of a request: bounded before they run, and ended while they run where time is up or nobody waits. */

export interface AttributionLimits {
  /** Rows that one attribution asks about one input. */
  readonly queries: number;
  /** Rows that all of them ask, about all inputs of a request. */
  readonly queriesPerRequest: number;
  /** Of a table: the regressions that attributions end in take time by the square of them. */
  readonly features: number;
  readonly timeMs: number;
}

/** What a thread is told. */
export interface Attributing extends AskedOfInputs {
  readonly timeMs: number;
  /** Rows that will be asked at most. */
  readonly most: number;
  /** `[1]`, shared: 1 as soon as nobody waits any more. */
  readonly gone: Int32Array;
}

/**
 * What is asked, as far as the limits allow it: where the request does not say how many rows, as many as the attribution
 * documents or the limit, whichever is less.
 * @throws invalid_request | unsupported_input | payload_too_large
 */
export function attributingOf(
  manifest: Manifest,
  { names, queries: asked, seed }: AskedAttributions,
  input: BatchInput,
  { queries: limit, queriesPerRequest, features, timeMs }: AttributionLimits,
): Attributing {
  const where = `attributions of model "${manifest.name}"`;
  if (asked !== undefined && asked > limit) {
    throw new SennError('invalid_request', `queries ${asked}: at most ${limit} are taken (attributions.queries)`, {
      queries: asked,
      most: limit,
    });
  }
  if (input.interventions?.some((one) => one !== undefined)) {
    throw new SennError('invalid_request', `${where}: are of inputs as they are, and not of concepts that are set`);
  }
  const count = manifest.input.kind === 'tabular' ? mostParts(manifest) : 0;
  if (count > features) {
    throw new SennError(
      'unsupported_input',
      `${where}: ${count} features; at most ${features} are taken (attributions.features)`,
      { count, most: features },
    );
  }
  let rows = 0;
  const each = names.map((name) => {
    const own = attributions[name].queries(manifest, asked);
    const queries = own > limit ? limit : asked;
    const least = attributions[name].queries(manifest, queries);
    if (least > limit) {
      throw new SennError(
        'unsupported_input',
        `${name}: asks model "${manifest.name}" ${least} rows about an input; at most ${limit} are taken (attributions.queries)`,
        { attribution: name, queries: least, most: limit },
      );
    }
    rows += least;
    return { name, queries };
  });
  const most = rows * inputCount(input);
  if (most > queriesPerRequest) {
    throw new SennError(
      'payload_too_large',
      `${where}: ${most} rows for ${inputCount(input)} inputs; at most ${queriesPerRequest} are taken (attributions.queriesPerRequest): send fewer inputs, or ask for fewer queries`,
      { rows: most, most: queriesPerRequest },
    );
  }
  return { attributions: each, seed, timeMs, most, gone: new Int32Array(new SharedArrayBuffer(4)) };
}

/** Milliseconds between looks at whether anybody still waits. */
const LOOK = 50;

/** Tells a thread when nobody waits any more. @returns what ends that */
export function tellGone({ gone }: Attributing, signal: Gone | undefined): () => void {
  if (signal === undefined) return () => {};
  const timer = setInterval(() => {
    if (signal.aborted) Atomics.store(gone, 0, 1);
  }, LOOK);
  return () => clearInterval(timer);
}

/** The attributions of inputs, within their bounds. @returns `[N]` @throws timeout | unavailable | inference_failed */
export function attributed(
  predictor: Asking,
  input: Tensor,
  classes: Int32Array,
  { timeMs, most, gone, ...asked }: Attributing,
): Promise<AttributionAnswers[]> {
  const start = performance.now();
  return explainInputs(predictor, input, classes, asked, (rows) => {
    if (Atomics.load(gone, 0) !== 0) {
      throw new SennError('unavailable', 'attributions: nobody waits for them any more');
    }
    if (performance.now() - start <= timeMs) return;
    throw new SennError(
      'timeout',
      `attributions: ${rows} of at most ${most} rows were asked in ${timeMs} ms (attributions.timeMs); ask for fewer queries, or send fewer inputs`,
      { rows, most, timeMs },
    );
  });
}
