import { z } from 'zod';
import { type Ports, planOf } from '../graphs.ts';

/** What a manifest says of a black box, and what it must say of any other model. */

/** The kind of a model that others made, and that explains nothing itself. */
export const BLACK_BOX = 'black-box';

export const isBlackBox = ({ kind }: { readonly kind: string }): boolean => kind === BLACK_BOX;

/** What the graph of a black box may give. */
export const blackBoxOutputs = ['logits', 'probabilities'] as const;
export type BlackBoxOutput = (typeof blackBoxOutputs)[number];

/** Of a black box: what its file calls the tensors, and what it takes in the place of an image in [0, 1]. */
export const blackBoxSchema = z.strictObject({
  names: z.strictObject({ input: z.string().min(1).max(256), output: z.string().min(1).max(256) }),
  /** The graph is fed `(scale·x − mean) / deviation` of each channel; of a table the features as they are. */
  image: z
    .strictObject({
      layout: z.enum(['NCHW', 'NHWC']),
      scale: z.number().positive(),
      mean: z.array(z.number()).min(1).max(3),
      deviation: z.array(z.number().positive()).min(1).max(3),
    })
    .optional(),
  /** Its graph gives one number, `[N, 1]`, of the second of two classes: its probability, or the logit of that. */
  single: z.literal(true).optional(),
  /** Who wrote the file, as it says itself. */
  producer: z.string().max(256).optional(),
});

type Issue = [path: string[], message: string];
/** What of a manifest the rules are about. */
interface Ruled {
  readonly kind: string;
  readonly graphs: Readonly<Partial<Record<string, Ports>>>;
  readonly classes: readonly unknown[];
  readonly concepts: readonly unknown[];
  readonly artefacts: readonly unknown[];
  readonly input: { readonly kind: string; readonly channels?: number };
  readonly training?: unknown;
  readonly blackBox?: z.infer<typeof blackBoxSchema> | undefined;
}

/** What a model that explains itself must have. */
function ownIssues({ graphs, concepts, training, blackBox }: Ruled): Issue[] {
  const explains = planOf(graphs, ['input'], ['concepts', 'relevances']) !== undefined;
  return [
    ...(explains ? [] : [[['graphs'], 'must give concepts and relevances from input'] satisfies Issue]),
    ...(concepts.length > 0 ? [] : [[['concepts'], 'must not be empty'] satisfies Issue]),
    ...(training !== undefined ? [] : [[['training'], 'must be there'] satisfies Issue]),
    ...(blackBox === undefined ? [] : [[['blackBox'], 'must be of a black box'] satisfies Issue]),
  ];
}

/** What a black box must have, and must not. */
function blackBoxIssues({ graphs, classes, concepts, artefacts, input, blackBox }: Ruled): Issue[] {
  const { model, ...others } = graphs;
  const given = model?.outputs ?? [];
  const isOne =
    Object.keys(others).length === 0 &&
    model?.inputs.join() === 'input' &&
    given.length === 1 &&
    (blackBoxOutputs as readonly string[]).includes(given[0] as string);
  const { image } = blackBox ?? {};
  const channels = input.channels;
  const fits =
    image === undefined
      ? channels === undefined
      : [image.mean, image.deviation].every(({ length }) => length === channels);
  return [
    ...(isOne
      ? []
      : [[['graphs'], 'must be one, model, that gives logits or probabilities from input'] satisfies Issue]),
    ...(concepts.length === 0 ? [] : [[['concepts'], 'must be none of a black box'] satisfies Issue]),
    ...(artefacts.length === 0 ? [] : [[['artefacts'], 'must be none of a black box'] satisfies Issue]),
    ...(blackBox !== undefined ? [] : [[['blackBox'], 'must name the tensors of the graph'] satisfies Issue]),
    ...(blackBox?.single === undefined || classes.length === 2
      ? []
      : [[['blackBox', 'single'], 'must be of a model of two classes'] satisfies Issue]),
    ...(blackBox === undefined || fits
      ? []
      : [[['blackBox', 'image'], 'must have a mean and a deviation for each channel of an image'] satisfies Issue]),
  ];
}

/** Every rule of the model's kind that it breaks, with its place. */
export const rulesOf = (manifest: Ruled): Issue[] =>
  isBlackBox(manifest) ? blackBoxIssues(manifest) : ownIssues(manifest);
