import type { ComputeContext } from '../artefacts/artefact.ts';
import { argmax, explain } from '../artefacts/explanation.ts';
import { deviationOf } from '../concepts/variation.ts';
import { SennError, shortened } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { batchSize, imageAt, type Tensor, takeRows } from '../tensor.ts';
import { plain } from '../text/format.ts';

/**
 * Interventions: concepts of an input set to values by hand. What would the model say, what does it look like, and what
 * does the model say of that when it reads it again?
 */

/** Concepts that are set, by their indices. */
export type Intervention = readonly { readonly concept: number; readonly value: number }[];

/** As people write it: values by the concepts' names or indices. */
export type ConceptValues = Readonly<Record<string, number>>;

/** What becomes of an input whose concepts are set; nothing where the model has no decoder. */
export interface Outcome {
  /** `[…]`, the concepts decoded, in the units of `input`. */
  readonly decoded: Tensor;
  /** What the model says of that. */
  readonly reread: {
    readonly label: string;
    readonly index: number;
    readonly probability: number;
    readonly concepts: readonly number[];
  };
}

/** How far a concept may be set from its training mean, in its deviations: no network has ever seen what lies beyond. */
export const FARTHEST_SET = 10;

/** Values by name or index → by index. @param where names them in errors @throws invalid_request */
export function interventionOf(
  values: ConceptValues,
  where: string,
  { concepts, name: model }: Pick<Manifest, 'concepts' | 'name'>,
): Intervention {
  const refused = (rule: string, details: Record<string, unknown>): SennError =>
    new SennError('invalid_request', `${where}: ${rule}`, details);
  const names = concepts.map(({ name }) => name);
  const found = Object.entries(values).map(([key, value]) => {
    const named = names.indexOf(key);
    const concept = named < 0 && /^\d{1,6}$/.test(key) ? Number(key) : named;
    const own = concepts[concept];
    if (own === undefined) {
      const last = concepts.length - 1;
      throw refused(
        `unknown concept "${shortened(key, 40)}" of "${model}"; choose 0 to ${last}, or ${names.join(', ')}`,
        {
          concept: shortened(key, 40),
          choices: names,
        },
      );
    }
    const [middle, room] = [own.mean ?? own.quantiles.q50, FARTHEST_SET * deviationOf(own)];
    if (!(Math.abs(value - middle) <= room)) {
      const rule =
        room === 0
          ? `it is constant, ${plain(middle)}`
          : `must be from ${plain(middle - room)} to ${plain(middle + room)}, its training mean and ${FARTHEST_SET} deviations`;
      throw refused(`concept "${own.name}" = ${value}: ${rule}`, {
        concept,
        value,
        range: [middle - room, middle + room],
      });
    }
    return { concept, value };
  });
  const twice = found.find(({ concept }, i) => found.findIndex((other) => other.concept === concept) !== i);
  if (twice !== undefined) {
    throw refused(`concept ${twice.concept}, "${names[twice.concept]}", is set twice`, { concept: twice.concept });
  }
  return found;
}

type Running = Pick<ComputeContext, 'manifest' | 'decode' | 'forward' | 'relevances'>;
interface Given {
  readonly concepts: Tensor;
  readonly relevances: Tensor;
}

/** A batch some of whose inputs have concepts that were set. */
export interface Intervened {
  /** h as it was set, and θ that belongs to it. */
  readonly forward: Given;
  /** `[N]`; of inputs without an intervention, and of models without a decoder, there is none. */
  readonly outcomes: readonly (Outcome | undefined)[];
}

/** A copy with some of its rows replaced, each by the row of `by` of the same place in `rows`. */
function withRows({ shape, data }: Tensor, rows: readonly number[], by: Tensor): Tensor {
  const copy = data.slice();
  const width = data.length / (shape[0] ?? 1);
  rows.forEach((row, i) => {
    copy.set(by.data.subarray(i * width, (i + 1) * width), row * width);
  });
  return { shape, data: copy };
}

/**
 * Sets concepts. θ is computed again where it follows the concepts; where it reads the input itself it stays what it is
 * for the input.
 * @param forward h and θ of N inputs
 * @param interventions `[N]`
 * @param hasDecoder whether to decode what was set, and read it again
 */
export async function intervene(
  { manifest, decode, forward: read, relevances: relate }: Running,
  forward: Given,
  interventions: readonly (Intervention | undefined)[],
  hasDecoder: boolean,
): Promise<Intervened> {
  const N = batchSize(forward.concepts);
  if (interventions.length !== N) {
    throw new SennError('invalid_request', `concepts: ${interventions.length} for ${N} inputs; each needs its own`);
  }
  const rows = [...interventions.keys()].filter((n) => interventions[n] !== undefined);
  const outcomes = new Array<Outcome | undefined>(N).fill(undefined);
  if (rows.length === 0) return { forward, outcomes };
  const moved = takeRows(forward.concepts, rows);
  const K = manifest.concepts.length;
  rows.forEach((n, i) => {
    for (const { concept, value } of interventions[n] as Intervention) moved.data[i * K + concept] = value;
  });
  const concepts = withRows(forward.concepts, rows, moved);
  const follows = manifest.parameterizer.reads !== 'input';
  const relevances = follows ? withRows(forward.relevances, rows, await relate(moved)) : forward.relevances;
  if (hasDecoder) {
    const decoded = await decode(moved);
    const again = await read(decoded);
    explain(again.concepts, again.relevances).forEach(({ logits, probabilities, concepts: own }, i) => {
      const index = argmax(logits);
      const [label, probability] = [manifest.classes[index] as string, probabilities[index] as number];
      outcomes[rows[i] as number] = {
        decoded: imageAt(decoded, i),
        reread: { label, index, probability, concepts: own },
      };
    });
  }
  return { forward: { concepts, relevances }, outcomes };
}
