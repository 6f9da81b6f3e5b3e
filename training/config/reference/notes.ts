import { ignored, PIXELS } from './keys.ts';
import type { ConfigInput } from './model.ts';
import { type Of, type ReferenceConfig, withoutEffect } from './schema.ts';

/** What was changed or ignored of a configuration of the reference, and why: a line each, which opens with its key. */

/** A line where it applies. */
const when = (applies: boolean, line: string): string[] => (applies ? [line] : []);

function ignoredKeys(json: object, { conceptizer }: ReferenceConfig): string[] {
  const given = (key: string) => key in json;
  return [
    ...Object.entries(ignored)
      .filter(([key]) => given(key))
      .map(([key, reason]) => `${key}: ignored; ${reason}`),
    ...withoutEffect[conceptizer].filter(given).map((key) => `${key}: has no effect on ${conceptizer}`),
  ];
}

function shared(reference: ReferenceConfig, { name, seed }: ConfigInput): string[] {
  const { exp_name, manual_seed, robustness_loss, robust_reg, dropout, train } = reference;
  const { accuracy_vs_lambda: files, num_seeds } = reference;
  return [
    ...when(name !== exp_name, `exp_name: the run is called "${name}"`),
    ...when(manual_seed === undefined, `manual_seed: absent, and the reference draws at random; the seed is ${seed}`),
    ...when(!train, 'train: false asks for the figures of a checkpoint, which is not read; there is nothing to train'),
    ...when(
      dropout > 0,
      `dropout: ${dropout} of the hidden units; the reference drops as many of the relevances too, which is not copied`,
    ),
    ...when(
      robustness_loss !== 'zero_loss' && robust_reg > 0,
      `robust_reg: λ ${robust_reg} on one norm over the batch, as in the reference, but of logits; ${robustness_loss} takes log-probabilities, so equal λ are not equally strong`,
    ),
    ...when(robustness_loss === 'zero_loss', 'robustness_loss: zero_loss, so λ is 0 whatever robust_reg says'),
    ...when(
      files !== undefined,
      'accuracy_vs_lambda: senn experiment accuracy-vs-lambda trains and compares these files, not senn train',
    ),
    ...when(
      files === undefined && num_seeds > 1,
      `num_seeds: ${num_seeds} has no effect without accuracy_vs_lambda; senn experiment seeds takes --seeds`,
    ),
  ];
}

const CONCEPT_WEIGHT = `concept_reg: divided by ${PIXELS}, because squared errors are summed over the pixels, not averaged`;
const heldOut = ({ valid_size }: ReferenceConfig): string[] =>
  when(
    valid_size > 0,
    `valid_size: ${valid_size} of the training images, drawn by the seed; the reference takes the first ones`,
  );
const LINEAR_DECODER =
  'conceptizer: the decoder ends linear, because no squashed output reaches normalised pixels, −0.42 to 2.82; the reference ends in';

/** Adam's default learning rate in PyTorch. */
const ADAM_DEFAULT = 1e-3;

/** What is said of one kind of model. */
const particular = {
  IdentityConceptizer: ({ concept_reg }) => [
    ...when(concept_reg > 0, `concept_reg: raw features have no concept loss; ${concept_reg} has no effect`),
    'manual_seed: seeds the split into training and test rows too, stratified by class; the reference draws it anew in every process',
  ],
  ConvConceptizer: (reference) => [
    ...heldOut(reference),
    CONCEPT_WEIGHT,
    `sparsity_reg: times batch_size, num_concepts and ${PIXELS}, because |h| is averaged over batch and concepts, not summed`,
    `${LINEAR_DECODER} tanh`,
  ],
  VaeConceptizer: (reference) => [
    ...heldOut(reference),
    CONCEPT_WEIGHT,
    `beta: ${reference.beta} beside errors summed over the pixels; the reference averages them, so that its KL is ${PIXELS} times as strong, which is not copied`,
    ...when(
      reference.lr !== ADAM_DEFAULT,
      `lr: ${reference.lr} is used; the reference ignores it for DiSENN and takes ${ADAM_DEFAULT}`,
    ),
    'conceptizer: h is sampled in training for the classes too; the reference samples it for the decoder only',
    `${LINEAR_DECODER} a sigmoid`,
  ],
} satisfies { [Name in ReferenceConfig['conceptizer']]: (reference: Of<Name>) => string[] };

/** @param json the file, whose own keys tell what was given and what is a default */
export function notesOf(json: object, reference: ReferenceConfig, config: ConfigInput): string[] {
  const own = particular[reference.conceptizer] as (reference: ReferenceConfig) => string[];
  return [...shared(reference, config), ...own(reference), ...ignoredKeys(json, reference)];
}
