import { SennError } from '../../../core/errors.ts';
import type { ScoringOptions } from '../../../core/metrics/scoring-set.ts';
import { sizeOf } from '../../../core/tensor.ts';

/** What `senn score --data` may say of a file or a folder of the user's own. */

export interface SetOptions extends ScoringOptions {
  /** Names of the model's classes; labels that are names are told only with them. */
  readonly classes?: readonly string[];
}

/** Bytes of inputs, as float32, that are scored at once. */
const MAX_BYTES = 2 ** 31;

/**
 * How many of `count` inputs are scored.
 * @param shape of an input
 * @throws unsupported_input where they do not fit in memory
 */
export function scoredCount(name: string, count: number, shape: readonly number[], limit = count): number {
  const scored = Math.min(limit, count);
  const most = Math.floor(MAX_BYTES / Float32Array.BYTES_PER_ELEMENT / sizeOf(shape));
  if (scored > most) {
    throw new SennError(
      'unsupported_input',
      `${name}: ${scored} inputs [${shape.join(', ')}] are too many to score at once; at most --limit ${most}`,
      { inputs: scored, most },
    );
  }
  return scored;
}

/**
 * Indices of labels among the model's classes, where these are known.
 * @throws unsupported_input where a label is none of them
 */
export function labelIndices(
  name: string,
  labels: readonly string[],
  { classes }: SetOptions,
): { labels: Int32Array } | Record<string, never> {
  if (classes === undefined) return {};
  const strange = labels.find((label) => !classes.includes(label));
  if (strange !== undefined) {
    throw new SennError(
      'unsupported_input',
      `${name}: "${strange}" is no class of the model; choose ${classes.join(', ')}`,
      {
        label: strange,
        classes,
      },
    );
  }
  return { labels: Int32Array.from(labels, (label) => classes.indexOf(label)) };
}
