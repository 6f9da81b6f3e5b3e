import { z } from 'zod';
import { planOf } from '../../graphs.ts';
import type { Concept, Manifest } from '../../manifest.ts';
import { unitInput } from '../../tables/unit-input.ts';
import { rowOf, type Tensor } from '../../tensor.ts';
import type { Artefact, ComputeContext } from '../artefact.ts';
import type { Explanation } from '../explanation.ts';
import { type ErrorName, errorNames, reconstructionErrors, shareBelow, type TrainingErrors } from './errors.ts';

/**
 * Whether an input is like those that the model was trained on. A scribble gets a class and a probability as a digit does;
 * that the model never saw its like shows in what it can redraw of it, and in concepts beyond what they ever were.
 */

export interface Familiarity {
  /** Whether no error is above nearly all of the training set's, and no concept outside its range. */
  readonly familiar: boolean;
  /** Share of the training inputs that are redrawn better: the larger of the two errors' shares. */
  readonly quantile: number;
  /** Mean squared error of the reconstruction, of an input in [0, 1]. */
  readonly reconstructionError: number;
  /** The same error relative to what is drawn at all (errors.ts). */
  readonly relativeError: number;
  /** Indices of the concepts outside their range over the training set. */
  readonly outside: number[];
}

/**
 * The share of the training set that is redrawn better than what still counts as familiar. One hundredth of the training
 * inputs exceed it by either error: of MNIST's test digits some 2 in 100 do, of scribbles most.
 */
export const FAMILIAR = 0.99;

/** Share of a concept's range beyond which it lies outside: runtimes differ in the last bits. */
const SLACK = 1e-3;

function isOutside({ range }: Pick<Concept, 'range'>, activation: number): boolean {
  if (range === undefined) return false;
  const [low, high] = range;
  const slack = SLACK * Math.max(high - low, Math.abs(low) * SLACK);
  return activation < low - slack || activation > high + slack;
}

/**
 * @param concepts `[K]`, h(x)
 * @param input `[D]`, x in [0, 1] @param reconstruction `[D]`, what the model redraws it as, in the same units
 */
export function familiarityOf(
  model: Pick<Manifest, 'concepts'> & { readonly familiarity: TrainingErrors },
  concepts: readonly number[],
  input: Float32Array,
  reconstruction: Float32Array,
): Familiarity {
  const errors = Object.fromEntries(
    errorNames.map((name) => [name, reconstructionErrors[name](input, reconstruction)]),
  ) as Record<ErrorName, number>;
  const quantile = Math.max(...errorNames.map((name) => shareBelow(model.familiarity, name, errors[name])));
  const outside = concepts.flatMap((activation, k) => (isOutside(model.concepts[k] as Concept, activation) ? [k] : []));
  return {
    familiar: quantile <= FAMILIAR && outside.length === 0,
    quantile,
    reconstructionError: errors.squared,
    relativeError: errors.relative,
    outside,
  };
}

async function compute(
  { manifest, input, decode }: ComputeContext,
  explanations: readonly Explanation[],
): Promise<(Familiarity | undefined)[]> {
  const { concepts, familiarity } = manifest;
  if (input === undefined || familiarity === undefined || explanations.length === 0) {
    return explanations.map(() => undefined);
  }
  const h: Tensor = {
    shape: [explanations.length, concepts.length],
    data: Float32Array.from(explanations.flatMap((explanation) => explanation.concepts)),
  };
  const given = unitInput(manifest.input, input);
  const redrawn = unitInput(manifest.input, await decode(h));
  return explanations.map((explanation, n) =>
    familiarityOf({ concepts, familiarity }, explanation.concepts, rowOf(given, n), rowOf(redrawn, n)),
  );
}

const fields = {
  familiarity: z
    .strictObject({
      familiar: z.boolean(),
      quantile: z.number(),
      reconstructionError: z.number(),
      relativeError: z.number(),
      outside: z.array(z.int().nonnegative()),
    })
    .optional(),
};

export const familiarity: Artefact<typeof fields, Familiarity | undefined> = {
  description:
    'whether the input is like the training inputs: how well the model redraws it from its concepts, and which of those are outside their training range',
  byDefault: false,
  needs: 'a decoder, and the reconstruction errors of its training inputs in its manifest',
  isPossible: ({ graphs, familiarity: known }) =>
    known !== undefined && planOf(graphs, ['concepts'], ['reconstruction']) !== undefined,
  fields,
  write(answer, _explanation, value) {
    if (value !== undefined) answer.familiarity = value;
  },
  computed: { none: undefined, reads: [], decodes: () => 1, compute },
};
