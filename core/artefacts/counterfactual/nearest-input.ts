import { SennError } from '../../errors.ts';
import type { Manifest } from '../../manifest.ts';
import { concatRows, imageAt, type Tensor } from '../../tensor.ts';
import type { ComputeContext } from '../artefact.ts';
import { argmax, type Explanation, explain } from '../explanation.ts';
import { prototypesOf } from '../prototypes.ts';
import { distanceBetween, leadOf } from './local-model.ts';
import type { Found } from './search.ts';

/**
 * Counterfactuals of models without a decoder: nothing can be drawn, but the model's folder holds training inputs, the
 * prototypes of its concepts. The nearest one that the model takes for the class is an example of it.
 */

interface Example extends Found {
  readonly explanation: Explanation;
  readonly index: number;
}

/** The training inputs of a folder as the model reads them; read once for each model. */
const known = new WeakMap<Tensor, Promise<readonly Explanation[]>>();

const inputsOf = (content: Tensor, manifest: Pick<Manifest, 'concepts'>): Tensor =>
  concatRows(manifest.concepts.map((_, k) => prototypesOf(content, manifest, k)));

async function read({ forward }: ComputeContext, inputs: Tensor): Promise<readonly Explanation[]> {
  const { concepts, relevances } = await forward(inputs);
  return explain(concepts, relevances);
}

/** Every training input at hand, with what the model says of it. @throws invalid_request where there is none */
async function examplesOf(context: ComputeContext, t: number): Promise<Example[]> {
  const { manifest, statics } = context;
  const content = statics['prototypes'];
  if (content === undefined) {
    throw new SennError(
      'invalid_request',
      `counterfactual: model "${manifest.name}" has no decoder, and none of its training inputs are at hand`,
      { model: manifest.name },
    );
  }
  const inputs = inputsOf(content, manifest);
  const reading = known.get(content) ?? read(context, inputs);
  known.set(content, reading);
  reading.catch(() => known.delete(content));
  return (await reading).map((explanation, i) => ({
    explanation,
    index: argmax(explanation.logits),
    concepts: explanation.concepts,
    margin: leadOf(explanation.logits, t),
    decoded: imageAt(inputs, i),
    probability: explanation.probabilities[t] as number,
    verified: true,
  }));
}

/**
 * For every input the nearest training input, in units of the concepts' deviations, that the model takes for class t.
 * @returns `[N]`
 * @throws invalid_request where there is none
 */
export async function nearestFor(
  context: ComputeContext,
  explanations: readonly Explanation[],
  t: number,
): Promise<Found[]> {
  const { manifest } = context;
  const examples = await examplesOf(context, t);
  const ofClass = examples.filter(({ index }) => index === t);
  if (ofClass.length === 0) {
    const choices = manifest.classes.filter((_, c) => examples.some(({ index }) => index === c));
    throw new SennError(
      'invalid_request',
      `counterfactual: model "${manifest.name}" has no decoder, and no training input at hand that it takes for "${manifest.classes[t]}"; it has of ${choices.join(', ')}`,
      { model: manifest.name, choices },
    );
  }
  return explanations.map(({ concepts }) => {
    const distances = ofClass.map((example) => distanceBetween(manifest, concepts, example.concepts));
    return ofClass[argmax(distances.map((distance) => -distance))] as Example;
  });
}
