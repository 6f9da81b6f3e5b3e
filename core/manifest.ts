import { z } from 'zod';
import { fromZodError } from './errors.ts';

/**
 * `models/<name>/manifest.json`: what a model is, and which files hold it. Written by `export/`, read by
 * every runtime. File names are bare names inside the model's folder.
 */
const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, ".", "_" or "-"');
const file = z.strictObject({
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be a bare file name'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
});
const size = z.int().positive();

/** Images are `[batch, channels, height, width]`, float32 in [0, 1]. */
const imageInput = z.strictObject({
  kind: z.literal('image'),
  channels: z.union([z.literal(1), z.literal(3)]),
  height: size.max(4096),
  width: size.max(4096),
  /** What the model was trained on, where polarity matters: `light` strokes on dark (as MNIST), or `dark` on light. */
  foreground: z.enum(['light', 'dark']).optional(),
});

/** Tables are `[batch, features]`, float32 in the features' own units. */
const tabularInput = z.strictObject({
  kind: z.literal('tabular'),
  features: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        unit: z.string().optional(),
        /** `[low, high]` over the training set. */
        range: z
          .tuple([z.number(), z.number()])
          .refine(([low, high]) => low <= high, 'must be [low, high] with low ≤ high'),
      }),
    )
    .min(1)
    .refine(
      (features) => new Set(features.map(({ name }) => name)).size === features.length,
      'must have a name of its own each',
    ),
});

const concept = z.strictObject({
  /** Of a table, a concept that is a feature itself bears the feature's name. */
  name: z.string().min(1),
  /** Quantiles of the activation over the training set, in concept units. */
  quantiles: z.strictObject({ q05: z.number(), q25: z.number(), q50: z.number(), q75: z.number(), q95: z.number() }),
  /** Mean activation over the training set, in concept units: what the concept is when it is "absent". */
  mean: z.number().optional(),
  /** Indices of the training inputs that activate the concept most, highest first. */
  prototypes: z.array(z.int().nonnegative()),
});

export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name,
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$/),
  kind: z.enum(['senn', 'disenn']),
  input: z.discriminatedUnion('kind', [imageInput, tabularInput]),
  classes: z.array(z.string().min(1)).min(2),
  concepts: z.array(concept).min(1),
  graphs: z.strictObject({ conceptizer: file, parameterizer: file, decoder: file }),
  golden: file,
  /** The inputs that the concepts' `prototypes` index, where the folder holds them (core/artefacts/prototypes.ts). */
  prototypes: file.optional(),
  training: z.strictObject({
    /** The resolved configuration of the run. */
    config: z.record(z.string(), z.json()),
    data: z.strictObject({ name: z.string(), count: size, sha256: z.string() }),
    seed: z.int(),
    backend: z.string(),
    /** Package name → version, of what trained and exported. */
    versions: z.record(z.string(), z.string()),
  }),
  /** Figures on the whole test set, as the training run measured them. */
  metrics: z.record(z.string(), z.number()),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type GraphName = keyof Manifest['graphs'];
/** A file of the model's folder. */
export type ListedFile = Manifest['golden'];

/** Input and output names of the three graphs; the model contract. */
export const graphIO = {
  conceptizer: { input: 'input', outputs: ['concepts'] },
  parameterizer: { input: 'input', outputs: ['relevances'] },
  decoder: { input: 'concepts', outputs: ['reconstruction'] },
} as const satisfies Record<GraphName, { input: string; outputs: readonly string[] }>;

export const graphNames = Object.keys(graphIO) as GraphName[];

/** Every file of the folder besides the manifest itself. */
export function listedFiles({ graphs, golden, prototypes }: Manifest): ListedFile[] {
  return [...Object.values(graphs), golden, ...(prototypes === undefined ? [] : [prototypes])];
}

/** Shape of one input, without the batch: `[C, H, W]` or `[F]`. */
export function inputShape({ input }: Pick<Manifest, 'input'>): number[] {
  return input.kind === 'image' ? [input.channels, input.height, input.width] : [input.features.length];
}

/** @throws invalid_model with every issue and its path */
export function parseManifest(value: unknown, where = 'manifest.json'): Manifest {
  const result = manifestSchema.safeParse(value);
  if (!result.success) throw fromZodError('invalid_model', where, result.error);
  return result.data;
}
