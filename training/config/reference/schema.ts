import { z } from 'zod';
import { autoencoder, ignored, images, shared, table, tasks, variational } from './keys.ts';
import * as rules from './rules.ts';

/**
 * The configuration files of the reference implementation (github.com/AmanDaVinci/SENN), strictly: its three kinds of
 * model, told apart by their conceptizer. A file may hold keys of the other kinds, as the published template does; they
 * have no effect.
 */

const partial = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.strictObject(shape).partial().shape;

type Ignored = keyof typeof ignored;
const ignoredKeys = Object.fromEntries(Object.keys(ignored).map((key) => [key, z.unknown().optional()])) as Record<
  Ignored,
  z.ZodOptional<z.ZodUnknown>
>;

function report(problems: readonly rules.Problem[], context: z.RefinementCtx): void {
  for (const problem of problems) context.addIssue({ code: 'custom', ...problem });
}

/** What every kind of model must keep to. */
const common = (config: rules.Common): rules.Problem[] => [
  ...rules.conceptNames(config),
  ...rules.experimentFiles(config),
];

/** A senn of raw features: `SENN` on COMPAS. */
const identity = z
  .strictObject({
    ...shared,
    ...table,
    ...partial({ ...images, ...autoencoder, ...variational }),
    conceptizer: z.literal('IdentityConceptizer'),
    parameterizer: z.literal('LinearParameterizer'),
    dataloader: z.literal('compas'),
    model_class: z.literal('SENN').default('SENN'),
    num_concepts: z.literal(tasks.compas.features),
    num_classes: z.literal(tasks.compas.classes),
    concept_loss: z.literal('mse_l1_sparsity').optional(),
    robustness_loss: z
      .enum(['compas_robustness_loss', 'mnist_robustness_loss', 'zero_loss'])
      .default('compas_robustness_loss'),
    ...ignoredKeys,
  })
  .superRefine((config, context) => report([...common(config), ...rules.tableParameterizer(config)], context));

const mnist = {
  parameterizer: z.literal('ConvParameterizer'),
  dataloader: z.literal('mnist'),
  num_classes: z.literal(tasks.mnist.classes),
  robustness_loss: z.enum(['mnist_robustness_loss', 'zero_loss']).default('mnist_robustness_loss'),
};

/** A senn with a sparse autoencoder: `SENN` on MNIST. */
const convolutional = z
  .strictObject({
    ...shared,
    ...images,
    ...autoencoder,
    ...mnist,
    ...partial({ ...table, ...variational }),
    conceptizer: z.literal('ConvConceptizer'),
    model_class: z.literal('SENN').default('SENN'),
    concept_loss: z.literal('mse_l1_sparsity').optional(),
    ...ignoredKeys,
  })
  .superRefine((config, context) =>
    report([...common(config), ...rules.imageParameterizer(config), ...rules.layerLists(config)], context),
  );

/** `DiSENN` on MNIST. */
const vae = z
  .strictObject({
    ...shared,
    ...images,
    ...variational,
    ...mnist,
    ...partial({ ...table, ...autoencoder }),
    conceptizer: z.literal('VaeConceptizer'),
    model_class: z.literal('DiSENN'),
    concept_loss: z.literal('BVAE_loss').optional(),
    ...ignoredKeys,
  })
  .superRefine((config, context) =>
    report([...common(config), ...rules.imageParameterizer(config), ...rules.pretraining(config)], context),
  );

export const referenceConfigSchema = z.discriminatedUnion('conceptizer', [identity, convolutional, vae]);
export type ReferenceConfig = z.infer<typeof referenceConfigSchema>;
export type Of<Name extends ReferenceConfig['conceptizer']> = Extract<ReferenceConfig, { conceptizer: Name }>;

const keysOf = (...shapes: object[]): readonly string[] => shapes.flatMap(Object.keys);

/** Keys that only other kinds of model read. */
export const withoutEffect = {
  IdentityConceptizer: keysOf(images, autoencoder, variational),
  ConvConceptizer: keysOf(table, variational),
  VaeConceptizer: keysOf(table, autoencoder),
} satisfies Record<ReferenceConfig['conceptizer'], readonly string[]>;

/** The two keys that every file of the reference has and none of ours: one is enough, so that either may be mistyped. */
const signature = ['exp_name', 'dataloader'];

/** Whether a JSON value is meant as a configuration of the reference. */
export function isReferenceConfig(json: unknown): boolean {
  return typeof json === 'object' && json !== null && signature.some((key) => key in json);
}
