import { type LocalModel, movesBetween, nearestWith, promisedModel } from '../artefacts/counterfactual/local-model.ts';
import type { Manifest } from '../manifest.ts';
import type { Prediction, Predictor } from '../predictor.ts';
import { imageAt, type Tensor } from '../tensor.ts';
import { percent } from '../text/format.ts';
import { listed } from '../text/listed.ts';
import { compareWith } from './comparison.ts';

/**
 * What would tip a decision: the concepts that speak most for the class that is ahead, as few of them as will do, moved until
 * the model, which reads the decoded picture again, says the class that was behind. Whatever is shown of it is what the model
 * said of the very picture that is shown.
 */
export interface TurningPoint {
  /** The class that is ahead, and the one that the concepts were moved for. */
  readonly ahead: number;
  readonly behind: number;
  /** The concepts that moved, in the order in which they are told. */
  readonly moved: readonly { readonly concept: number; readonly direction: 'higher' | 'lower' }[];
  /** `[…]`, the concepts as they are, decoded, in the units of `input`. */
  readonly own: Tensor;
  /** `[…]`, the moved concepts decoded, in the units of `input`. */
  readonly decoded: Tensor;
  /** What the model says of that when it reads it: a class, which need not be `behind`. */
  readonly index: number;
  readonly probability: number;
}

/** Logits by which the moved concepts should let the other class lead, in turn. */
const MARGINS = [1, 2, 3, 4, 6, 8] as const;
/** What the model must give the class at least, so that others see it too. */
const LEAST_PROBABILITY = 0.99;
/** A concept that moves by less than this share of the one that moves most, in deviations, is not told of. */
const NOTICEABLE = 0.1;
/** Concepts that a caption names. */
const MOST_NAMED = 3;

type Asked = Pick<Predictor, 'manifest' | 'intervene' | 'complete' | 'decode'>;
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

/** The settings of the concepts `only`, nearest to the input's own, with which the class that is behind should lead. */
function nearestSettings(manifest: Manifest, local: LocalModel, behind: number, only: readonly number[]): Values[] {
  const concepts = local.at;
  return MARGINS.flatMap((margin) => {
    const target = nearestWith(manifest, concepts, local, behind, margin, only);
    if (target === undefined) return [];
    const moves = movesBetween(manifest, concepts, target).map(Math.abs);
    const least = NOTICEABLE * Math.max(...moves);
    const moved = only.filter((k) => (moves[k] as number) > least);
    return [moved.map((concept) => ({ concept, value: target[concept] as number }))];
  });
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
 * The concepts that speak for the class that is ahead, the largest first, moved as little as makes the model say the other
 * class with a probability of at least 99 % when it reads the picture again: the deciding ones where they can do it within
 * the range of the training inputs, else with the next, until they can. Where none can, what the artefact `counterfactual`
 * finds.
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
  const { ahead, behind, deciding, order, differences } = compareWith(prediction, contrast);
  if (!canTurn(manifest) || deciding.length === 0) return undefined;
  const isFor = (k: number): boolean => (differences[k] as number) > 0;
  const movable = [...order.filter(isFor), ...order.filter((k) => !isFor(k))];
  const found =
    (await withFewest(predictor, prediction, behind, movable, deciding.length)) ??
    (await nearest(predictor, prediction, behind));
  if (found === undefined) return undefined;
  const { outcome, values } = found;
  const { index, probability } = outcome.reread;
  const moved = values.map(({ concept, value }) => ({
    concept,
    direction: value < (prediction.concepts[concept] as number) ? ('lower' as const) : ('higher' as const),
  }));
  const own = imageAt(await predictor.decode(repeated(prediction, 1).concepts), 0);
  return { ahead, behind, moved, own, decoded: outcome.decoded, index, probability };
}

/** The first of the concepts that will do, at least `from`. */
async function withFewest(
  predictor: Asked,
  prediction: Explained,
  behind: number,
  movable: readonly number[],
  from: number,
) {
  const local = promisedModel(prediction.concepts, prediction.relevances.flat());
  for (let count = from; count <= movable.length; count++) {
    const settings = nearestSettings(predictor.manifest, local, behind, movable.slice(0, count));
    const read = settings.length === 0 ? [] : await readEach(predictor, prediction, settings);
    const found = read.find(
      ({ outcome: { reread } }) => reread.index === behind && reread.probability >= LEAST_PROBABILITY,
    );
    if (found !== undefined) return found;
  }
  return undefined;
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

/** Between which classes: `“4” → “9”`. */
export const betweenWords = ({ classes }: Pick<Manifest, 'classes'>, { ahead, behind }: TurningPoint): string =>
  `“${classes[ahead]}” → “${classes[behind]}”`;

/** How the change is drawn on the input (figure/inputs/change.ts), in the colours of what speaks for either class. */
export const CHANGE_WORDS = 'blue would go, orange would come';

/** What the model says of the picture: `“3” 88 %`; `still “7” 81 %` where it has not turned. */
export function readWords({ classes }: Pick<Manifest, 'classes'>, point: TurningPoint): string {
  const said = `“${classes[point.index]}” ${percent(point.probability)}`;
  return point.index === point.ahead ? `still ${said}` : said;
}
