import { z } from 'zod';

/** What a manifest says of one concept, from the training set. */

const index = z.int().nonnegative();
const indices = z.array(index);

/** Where training inputs are people, nothing is shown of fewer (training/run/people). */
export const SMALLEST_GROUP = 5;
const groups = z.array(z.int().min(SMALLEST_GROUP));

/** A concept of a manifest. */
export const conceptSchema = z
  .strictObject({
    /** Of a table, a concept that is a feature itself bears the feature's name. */
    name: z.string().min(1),
    /** What it is, in the words of whoever named it. */
    phrase: z.string().min(1).optional(),
    /** What an input at either end of it looks like, in the words of the same. */
    ends: z.strictObject({ low: z.string().min(1), high: z.string().min(1) }).optional(),
    /** Quantiles of the activation over the training set, in concept units. */
    quantiles: z.strictObject({ q05: z.number(), q25: z.number(), q50: z.number(), q75: z.number(), q95: z.number() }),
    /** Mean activation over the training set, in concept units: what the concept is when it is "absent". */
    mean: z.number().optional(),
    /** Standard deviation of the activation over the training set, in concept units. */
    deviation: z.number().nonnegative().optional(),
    /** `[lowest, highest]` activation over the training set, in concept units. */
    range: z.tuple([z.number(), z.number()]).optional(),
    /** Indices of the training inputs that activate the concept most, highest first. */
    prototypes: indices,
    /** The class of each of them, by the labels of the training set. */
    prototypeLabels: indices.optional(),
    /** The other end: indices of the training inputs that activate it least, lowest first. */
    lowPrototypes: indices.optional(),
    /** The class of each of them. */
    lowPrototypeLabels: indices.optional(),
    /** `[high, low]`: training inputs far apart in this concept, and alike in all others (training/run/training-set). */
    contrasts: z.array(z.tuple([index, index])).optional(),
    /** `[C]`, of each class: indices of its training inputs that activate the concept least and most, the farthest first. */
    classPrototypes: z.array(z.strictObject({ low: indices, high: indices })).optional(),
    /**
     * Of a model of people, in the place of indices: how many people each prototype of either end is the mean of. The class
     * of such a prototype is the one that most of them have.
     */
    groups: z.strictObject({ high: groups, low: groups }).optional(),
  })
  .refine(
    ({ groups, prototypes, lowPrototypes = [], contrasts = [], classPrototypes = [] }) =>
      groups === undefined ||
      [prototypes, lowPrototypes, contrasts, classPrototypes].every(({ length }) => length === 0),
    { path: ['groups'], message: 'must be in the place of indices of training inputs, not beside them' },
  )
  .refine(
    ({ groups, prototypes, prototypeLabels: labels }) =>
      labels === undefined || labels.length === (groups?.high ?? prototypes).length,
    { path: ['prototypeLabels'], message: 'must be as many as the prototypes' },
  )
  .refine(
    ({ groups, lowPrototypes = [], lowPrototypeLabels: labels }) =>
      labels === undefined || labels.length === (groups?.low ?? lowPrototypes).length,
    { path: ['lowPrototypeLabels'], message: 'must be as many as the low prototypes' },
  );
