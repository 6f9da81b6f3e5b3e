import { z } from 'zod';
import { manifestSchema } from '../../core/manifest.ts';
import { judgingMetrics } from '../../core/metrics/audit-of.ts';
import { dataSchema } from '../datasets/index.ts';
import { count, positive, rate, weight } from './parts.ts';

/**
 * What the configuration of every kind of model has: what the run is called and learns from, and how it is optimised.
 * A kind writes its schema as `kindSchema('its-name', { …its own keys })`.
 */

/** How the learning rate goes over the run, after a linear warm-up. */
const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  /** Falls to zero (Loshchilov & Hutter 2017, without restarts). */
  z.strictObject({ kind: z.literal('cosine') }),
  /** Times `factor` after every `epochs`. */
  z.strictObject({ kind: z.literal('step'), epochs: count, factor: positive.max(1) }),
  /** Falls to `factor` of the learning rate, by the same share every step. */
  z.strictObject({ kind: z.literal('exponential'), factor: positive.max(1) }),
]);
export type Schedule = z.infer<typeof schedule>;

const subject = {
  name: manifestSchema.shape.name,
  version: manifestSchema.shape.version.default('1'),
  seed: z.int().nonnegative(),
  data: dataSchema,
  /** Random changes of the training images: largest shift in pixels, rotation in degrees, change of scale. */
  augmentation: z
    .strictObject({ shift: weight.default(0), rotation: weight.max(180).default(0), scale: rate.default(0) })
    .optional(),
  /** The names of the concepts; default: what the kind calls them. */
  conceptNames: z.array(z.string().min(1)).optional(),
};

/**
 * What weights start from: `he` keeps the variance from layer to layer, `pytorch` starts smaller, as the reference's
 * networks do. Where pooling makes activations grow, `he` starts a tanh of θ saturated.
 */
const initializer = z.enum(['he', 'pytorch']).default('he');
export type InitializerName = z.infer<typeof initializer>;

const optimisation = {
  initializer,
  optimizer: z.strictObject({
    kind: z.literal('adam'),
    learningRate: positive,
    schedule: schedule.prefault({ kind: 'constant' }),
    /** Steps in which the learning rate rises from zero. */
    warmup: z.int().nonnegative().default(0),
  }),
  epochs: count,
  batchSize: count,
  /** Which weights the run ends with: the last, or those of the epoch that is best by its held-out inputs. */
  keep: z.enum(['last', 'best']).default('last'),
  /** Ends the run after `patience` epochs without a better one. */
  earlyStopping: z.strictObject({ patience: count }).optional(),
  /** What an epoch is best by: the accuracy, or a metric of the audit, of how well the model explains itself. */
  selectBy: z.enum(judgingMetrics).default('accuracy'),
};

const common = z.strictObject({ ...subject, ...optimisation });

/** What every configuration has, of whatever kind. */
export type CommonConfig = z.infer<typeof common> & { readonly kind: string };
export type Optimizer = CommonConfig['optimizer'];
export type Augmentation = NonNullable<CommonConfig['augmentation']>;

/** What selects weights by validation needs inputs to validate on. */
const needsHeldOut = ({ keep, earlyStopping, data }: Pick<CommonConfig, 'keep' | 'earlyStopping' | 'data'>): boolean =>
  data.validation > 0 || (keep === 'last' && earlyStopping === undefined);

/**
 * The schema of a kind's configuration: what all have, with the kind's own keys between subject and optimisation.
 * Strict, and every default written out. Without `kind` a configuration is a SENN or a DiSENN (unnamed-kind.ts).
 */
export function kindSchema<const Name extends string, const Shape extends z.core.$ZodLooseShape>(
  name: Name,
  shape: Shape,
) {
  const schema = z.strictObject({ kind: z.literal(name), ...subject, ...shape, ...optimisation });
  return schema.refine((config) => needsHeldOut(config as unknown as CommonConfig), {
    path: ['data', 'validation'],
    message: 'must be more than 0, because keep "best" and earlyStopping need held-out inputs',
  });
}
