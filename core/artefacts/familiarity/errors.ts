import type { Manifest } from '../../manifest.ts';

/** How far what a model redraws of an input is from the input, and how that compares with its training inputs. */

type Redrawn = (input: Float32Array, reconstruction: Float32Array) => number;

/** Errors below this are rounding: concepts that are the features themselves give the input back. */
const ROUNDING = 1e-10;

function energies(input: Float32Array, reconstruction: Float32Array) {
  let [difference, own, redrawn] = [0, 0, 0];
  for (let i = 0; i < input.length; i++) {
    const [x, y] = [input[i] as number, reconstruction[i] as number];
    difference += (x - y) ** 2;
    own += x * x;
    redrawn += y * y;
  }
  return { difference, own, redrawn };
}

/**
 * The errors of a reconstruction x̂ of an input x, both in [0, 1] (core/tables/unit-input.ts).
 * - `squared`: ‖x − x̂‖² / n, the mean over its n values. What is drawn where nothing was learned counts in full.
 * - `relative`: ‖x − x̂‖² / ½(‖x‖² + ‖x̂‖²), in [0, 2] for values that are not negative. It also tells what is too faint
 *   for a large error: of an empty image it is 2. Of two that are all zeros it is 0.
 */
export const reconstructionErrors = {
  squared: (input, reconstruction) => {
    const error = energies(input, reconstruction).difference / input.length;
    return error < ROUNDING ? 0 : error;
  },
  relative: (input, reconstruction) => {
    const { difference, own, redrawn } = energies(input, reconstruction);
    const error = own + redrawn === 0 ? 0 : (2 * difference) / (own + redrawn);
    return error < ROUNDING ? 0 : error;
  },
} as const satisfies Record<string, Redrawn>;

export type ErrorName = keyof typeof reconstructionErrors;
export const errorNames = Object.keys(reconstructionErrors) as ErrorName[];

/** What a manifest says of a model's training inputs. */
export type TrainingErrors = NonNullable<Manifest['familiarity']>;

/** Shares of the training set of which a manifest tells the errors: every twentieth, and more where it matters. */
export const ERROR_SHARES: readonly number[] = [
  ...Array.from({ length: 20 }, (_, i) => i / 20),
  0.975,
  0.99,
  0.995,
  0.999,
  1,
];

/**
 * The share of the training inputs that are redrawn better, between two known shares by linear interpolation: 0 for an
 * error as small as the least, 1 for one above the largest.
 */
export function shareBelow({ shares, ...errors }: TrainingErrors, name: ErrorName, error: number): number {
  const known = errors[name];
  const above = known.findIndex((value) => value >= error);
  if (above < 0) return 1;
  if (above === 0) return 0;
  const [low, high] = [known[above - 1] as number, known[above] as number];
  const [from, to] = [shares[above - 1] as number, shares[above] as number];
  return from + ((to - from) * (error - low)) / (high - low);
}
