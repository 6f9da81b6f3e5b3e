import { z } from 'zod';
import { blackBoxSchema, rulesOf } from './black-box/schema.ts';
import { conceptSchema } from './concepts/schema.ts';
import { fromZodError, SennError } from './errors.ts';
import { type TensorName, tensorNames } from './graphs.ts';
import { upgradeManifest } from './manifest-v1.ts';
import { quartilesSchema } from './tables/quartiles.ts';

/**
 * `models/<name>/manifest.json`: what a model is, and which files hold it. Written by `export/`, read by
 * every runtime. File names are bare names inside the model's folder.
 */
const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, ".", "_" or "-"');
/** A word of a table that grows: a kind of model, an artefact. */
const word = z.string().regex(/^[a-z][A-Za-z0-9-]{0,63}$/, 'must be a word of letters, digits and "-"');
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
        /** Of an indicator, what it is a value of: of the features of one category at most one is 1. */
        category: z.string().min(1).optional(),
        /** `[low, high]` over the training set. */
        range: z
          .tuple([z.number(), z.number()])
          .refine(([low, high]) => low <= high, 'must be [low, high] with low ≤ high'),
        /** Mean over the training set: what the feature usually is. Where it is not kept, the concepts may tell it. */
        mean: z.number().optional(),
        quartiles: quartilesSchema.optional(),
      }),
    )
    .min(1)
    .refine(
      (features) => new Set(features.map(({ name }) => name)).size === features.length,
      'must have a name of its own each',
    ),
});

const inputSchema = z.discriminatedUnion('kind', [imageInput, tabularInput]);

/** How well the model redraws its training inputs from their concepts, by which an input that is unlike them is told. */
const familiarity = z
  .strictObject({
    /** Shares of the training set, rising from 0 to 1. */
    shares: z.array(z.number().min(0).max(1)).min(2),
    /** The errors that such a share of the training inputs does not exceed (core/artefacts/familiarity/errors.ts). */
    squared: z.array(z.number().nonnegative()),
    relative: z.array(z.number().nonnegative()),
  })
  .refine(
    ({ shares, squared, relative }) => squared.length === shares.length && relative.length === shares.length,
    'must have an error for each share',
  )
  .refine(
    (lists) =>
      Object.values(lists).every((list) => list.every((value, i) => i === 0 || value >= (list[i - 1] as number))),
    'must not fall',
  );

/** What the training inputs of one class have in common, concept by concept. */
const classProfile = z.strictObject({
  /** Training inputs of the class. */
  count: z.int().nonnegative(),
  /** `[K]`, over those inputs. */
  concepts: z.array(
    z.strictObject({
      /** Mean and standard deviation of the activation, in concept units. */
      mean: z.number(),
      deviation: z.number().nonnegative(),
      /** Mean contribution to the class, and mean size of it, in logits. */
      contribution: z.number(),
      magnitude: z.number().nonnegative(),
      /** Share of the inputs in which no concept contributes more to the class. */
      decides: z.number().min(0).max(1),
    }),
  ),
  /** `[K][K]`, of the activations over those inputs. */
  covariance: z.array(z.array(z.number())).optional(),
});
export type ClassProfile = z.infer<typeof classProfile>;

/** The graphs that a model may have, in the order in which they are listed. */
export const graphNames = ['model', 'conceptizer', 'parameterizer', 'decoder', 'gradient'] as const;
export type GraphName = (typeof graphNames)[number];

const tensors = z.array(z.enum(tensorNames)).min(1);
/** A graph by the names of its tensors (core/graphs.ts). */
export const portsSchema = z.strictObject({ inputs: tensors, outputs: tensors });
const graph = z.strictObject({ ...file.shape, ...portsSchema.shape });

/** What the parameterizer computes θ from: with `concepts`, all that the prediction knows passes through them. */
export const parameterizerSchema = z.strictObject({ reads: z.enum(['input', 'concepts', 'reconstruction']) });

/** Whether the concepts carry the decision (docs/scores.md, the set `audit`), as figures by name; `null`: no value. */
export const auditSchema = z.strictObject({
  /** What was audited, as `mnist:validation`. */
  data: z.string().min(1),
  /** Inputs. */
  count: size,
  figures: z.record(z.string(), z.number().nullable()),
});
export type Audit = z.infer<typeof auditSchema>;

export const trainingSchema = z.strictObject({
  /** The resolved configuration of the run. */
  config: z.record(z.string(), z.json()),
  data: z.strictObject({
    name: z.string(),
    count: size,
    sha256: z.string(),
    /** The rows are people: the folder holds no row of one, but means of groups. */
    people: z.literal(true).optional(),
  }),
  seed: z.int(),
  backend: z.string(),
  /** Package name → version, of what trained and exported. */
  versions: z.record(z.string(), z.string()),
});

export const manifestSchema = z
  .strictObject({
    schemaVersion: z.literal(2),
    name,
    version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$/),
    /** A row of training/kinds. */
    kind: word,
    input: inputSchema,
    classes: z.array(z.string().min(1)).min(2),
    /** None of a black box. */
    concepts: z.array(conceptSchema),
    familiarity: familiarity.optional(),
    /** `[C]`, of each class what its training inputs have in common; a model of before this was kept has none. */
    profiles: z.array(classProfile).optional(),
    /**
     * What the pictures of this model need to be of a class for others than itself: the logits by which the class must lead
     * when the picture of a counterfactual is read again; where `shift` is said, on average over it and the same picture
     * moved by so many pixels to each of the four sides.
     */
    counterfactual: z
      .strictObject({ margin: z.number().positive(), shift: z.int().min(1).max(64).optional() })
      .optional(),
    graphs: z.partialRecord(z.enum(graphNames), graph),
    parameterizer: parameterizerSchema,
    /** What the model can show: names of the table in core/artefacts. */
    artefacts: z.array(word),
    /** The files of those artefacts that are the same for every input, by the artefact's name. */
    files: z.record(word, file),
    golden: file,
    /** How it was trained; of a black box nobody here knows. */
    training: trainingSchema.optional(),
    blackBox: blackBoxSchema.optional(),
    /** Figures on the whole test set, as the training run measured them. */
    metrics: z.record(z.string(), z.number()),
    audit: auditSchema.optional(),
  })
  .superRefine((manifest, { addIssue }) => {
    for (const [path, message] of rulesOf(manifest)) addIssue({ code: 'custom', path, message });
  })
  .refine(
    ({ profiles, classes, concepts }) =>
      profiles === undefined ||
      (profiles.length === classes.length &&
        profiles.every(({ concepts: own, covariance = own.map(() => own) }) =>
          [own, covariance, ...covariance].every(({ length }) => length === concepts.length),
        )),
    { path: ['profiles'], message: 'must be one for each class, each with every concept' },
  )
  .refine(
    ({ classes, concepts }) =>
      concepts.every(({ classPrototypes: own = [] }) => own.length === 0 || own.length === classes.length),
    { path: ['concepts'], message: 'must have classPrototypes of every class, or of none' },
  )
  .refine(({ graphs: { parameterizer }, parameterizer: { reads } }) => parameterizer?.inputs.includes(reads) ?? true, {
    path: ['parameterizer', 'reads'],
    message: 'must be among the inputs of the parameterizer',
  })
  .refine(
    ({ classes, concepts }) =>
      concepts
        .flatMap(({ prototypeLabels = [], lowPrototypeLabels = [] }) => [...prototypeLabels, ...lowPrototypeLabels])
        .every((label) => label < classes.length),
    { path: ['concepts'], message: 'must have prototypes whose labels are indices of classes' },
  );

export type Manifest = z.infer<typeof manifestSchema>;
export type Concept = Manifest['concepts'][number];

/** How a model was trained. @throws invalid_model of a black box, which others trained */
export function trainingOf({ name, training }: Pick<Manifest, 'name' | 'training'>): NonNullable<Manifest['training']> {
  if (training !== undefined) return training;
  throw new SennError('invalid_model', `model "${name}" was not trained here: its manifest has no training`, { name });
}

/** A file of the model's folder. */
export type ListedFile = Manifest['golden'];

/** Every file of the folder besides the manifest itself. */
export function listedFiles({ graphs, golden, files }: Pick<Manifest, 'graphs' | 'golden' | 'files'>): ListedFile[] {
  return [...Object.values(graphs), golden, ...Object.values(files)].map(({ file, sha256 }) => ({ file, sha256 }));
}

/** Shape of one input, without the batch: `[C, H, W]` or `[F]`. */
export function inputShape({ input }: Pick<Manifest, 'input'>): number[] {
  return input.kind === 'image' ? [input.channels, input.height, input.width] : [input.features.length];
}

type Measured = Pick<Manifest, 'input' | 'concepts' | 'classes'>;

/** Shapes of the contract's tensors without the batch; `undefined` is a size that the model is free to choose. */
const shapes = {
  input: inputShape,
  concepts: ({ concepts }) => [concepts.length],
  log_variance: ({ concepts }) => [concepts.length],
  maps: ({ concepts }) => [concepts.length, undefined, undefined],
  boxes: ({ concepts }) => [concepts.length, 4],
  style: () => [undefined],
  relevances: ({ concepts, classes }) => [concepts.length, classes.length],
  reconstruction: inputShape,
  logits: ({ classes }) => [classes.length],
  probabilities: ({ classes }) => [classes.length],
  class_weights: ({ classes }) => [classes.length],
  gradient: inputShape,
} satisfies Record<TensorName, (model: Measured) => (number | undefined)[]>;

/** Shape of one row of a tensor of the contract; `undefined` is a size that the model is free to choose. */
export function rowShapeOf(tensor: TensorName, model: Measured): (number | undefined)[] {
  return shapes[tensor](model);
}

/** A manifest of schema version 2, or of version 1, which is brought to version 2. @throws invalid_model with every issue and its path */
export function parseManifest(value: unknown, where = 'manifest.json'): Manifest {
  const result = manifestSchema.safeParse(upgradeManifest(value));
  if (!result.success) throw fromZodError('invalid_model', where, result.error);
  return result.data;
}
