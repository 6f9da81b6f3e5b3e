import type { Manifest } from '../manifest.ts';
import type { Prediction, Predictor } from '../predictor.ts';
import type { Tensor } from '../tensor.ts';
import { percent } from '../text/format.ts';
import { listed } from '../text/listed.ts';
import { type Comparison, compareWith } from './comparison.ts';

/**
 * What would tip a decision: the concepts that decide, moved until the model, which reads the decoded picture again, says the
 * class that was behind. Whatever is shown of it is what the model said of the very picture that is shown.
 */
export interface TurningPoint {
  /** The class that is ahead, and the one that the concepts were moved for. */
  readonly ahead: number;
  readonly behind: number;
  /** The concepts that moved, those that moved the decision most first. */
  readonly moved: readonly { readonly concept: number; readonly direction: 'higher' | 'lower' }[];
  /** `[…]`, the moved concepts decoded, in the units of `input`. */
  readonly decoded: Tensor;
  /** What the model says of that when it reads it: a class, which need not be `behind`. */
  readonly index: number;
  readonly probability: number;
}

/** Steps from where the concepts are to the end of their usual range, the middle 90 % of the training inputs. */
const STEPS = 16;
/** What the model must give the class at least, so that others may see it too. */
const LEAST_PROBABILITY = 0.8;
/** Concepts that a caption names. */
const MOST_NAMED = 3;

type Asked = Pick<Predictor, 'manifest' | 'intervene' | 'complete'>;
type Explained = Pick<Prediction, 'index' | 'concepts' | 'relevances' | 'contributions' | 'logits'>;
type Values = readonly { readonly concept: number; readonly value: number }[];

/** h and θ of one input, `count` times. */
function repeated({ concepts, relevances }: Explained, count: number) {
  const times = (row: readonly number[], shape: readonly number[]): Tensor => ({
    shape: [count, ...shape],
    data: Float32Array.from({ length: count * row.length }, (_, i) => row[i % row.length] as number),
  });
  return {
    concepts: times(concepts, [concepts.length]),
    relevances: times(relevances.flat(), [concepts.length, relevances[0]?.length ?? 0]),
  };
}

/** The deciding concepts on their way to the end of their usual range at which they speak for the other class. */
function stepsTo(
  { concepts: all }: Manifest,
  prediction: Explained,
  { ahead, behind, deciding }: Comparison,
): Values[] {
  const ways = deciding.map((k) => {
    const own = prediction.concepts[k] as number;
    const theta = prediction.relevances[k] as readonly number[];
    const { q05, q95 } = (all[k] as Manifest['concepts'][number]).quantiles;
    const isFor = (theta[ahead] as number) > (theta[behind] as number);
    return { concept: k, own, end: isFor ? Math.min(own, q05) : Math.max(own, q95) };
  });
  return Array.from({ length: STEPS }, (_, s) =>
    ways.map(({ concept, own, end }) => ({ concept, value: own + ((s + 1) / STEPS) * (end - own) })),
  );
}

/** What the model says of the pictures of an input with concepts set, in order. */
async function readEach({ intervene }: Asked, prediction: Explained, settings: readonly Values[]) {
  const { outcomes } = await intervene(repeated(prediction, settings.length), settings);
  return outcomes.flatMap((outcome, i) => (outcome === undefined ? [] : [{ outcome, values: settings[i] as Values }]));
}

/** Whether a model can be asked what would tip it: one of images that decodes them. */
export const canTurn = ({ artefacts, graphs, input }: Pick<Manifest, 'artefacts' | 'graphs' | 'input'>): boolean =>
  input.kind === 'image' && graphs.decoder !== undefined && artefacts.includes('traversals');

/**
 * The deciding concepts alone, moved together no farther than the middle 90 % of the training inputs, at the first step at
 * which the model says the other class with a probability of at least 80 %. Where no step does it, all concepts, moved as
 * little as makes the model say the class (the artefact `counterfactual`).
 * @param contrast index of the class to set beside the predicted one; the runner-up when absent
 * @returns `undefined` for a model that decodes no images, and where two classes are level
 * @throws inference_failed
 */
export async function turningPoint(
  predictor: Asked,
  prediction: Explained,
  contrast?: number,
): Promise<TurningPoint | undefined> {
  const { manifest } = predictor;
  const comparison = compareWith(prediction, contrast);
  const { ahead, behind, deciding } = comparison;
  if (!canTurn(manifest) || deciding.length === 0) return undefined;
  const alone = await readEach(predictor, prediction, stepsTo(manifest, prediction, comparison));
  const reached = alone.find(
    ({ outcome: { reread } }) => reread.index === behind && reread.probability >= LEAST_PROBABILITY,
  );
  const found = reached ?? (await nearest(predictor, prediction, behind));
  if (found === undefined) return undefined;
  const { outcome, values } = found;
  const { index, probability } = outcome.reread;
  const moved = values.map(({ concept, value }) => ({
    concept,
    direction: value < (prediction.concepts[concept] as number) ? ('lower' as const) : ('higher' as const),
  }));
  return { ahead, behind, moved, decoded: outcome.decoded, index, probability };
}

/** The nearest concepts that make an input of class `behind`, decoded and read again. */
async function nearest(predictor: Asked, prediction: Explained, behind: number) {
  const contrast = predictor.manifest.classes[behind];
  const explain = ['counterfactual'] as const;
  const [one] = await predictor.complete(repeated(prediction, 1), { explain, contrast });
  const target = one?.counterfactual;
  if (target === undefined) return undefined;
  const all = target.concepts.map((value, concept) => ({ concept, value }));
  const [read] = await readEach(predictor, prediction, [all]);
  return read && { ...read, values: target.changed.map((k) => all[k] as Values[number]) };
}

/**
 * What was moved, in words: `with concept E lower`, or `with concept E lower (an open top)` where it is one and somebody has
 * told its ends; of several, the first by their names.
 */
export function movedWords({ concepts }: Pick<Manifest, 'concepts'>, { moved }: Pick<TurningPoint, 'moved'>): string {
  const named = moved.slice(0, MOST_NAMED).map(({ concept, direction }) => {
    const { name, ends } = concepts[concept] as Manifest['concepts'][number];
    const toward = moved.length === 1 ? ends?.[direction === 'higher' ? 'high' : 'low'] : undefined;
    return `${name} ${direction}${toward === undefined ? '' : ` (${toward})`}`;
  });
  return `with ${listed(named, moved.length - named.length)}`;
}

/** What the model says of the picture: `“3” 88 %`; `still “7” 81 %` where it has not turned. */
export function readWords({ classes }: Pick<Manifest, 'classes'>, point: TurningPoint): string {
  const said = `“${classes[point.index]}” ${percent(point.probability)}`;
  return point.index === point.ahead ? `still ${said}` : said;
}
