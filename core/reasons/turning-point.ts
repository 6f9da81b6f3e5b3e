import type { Manifest } from '../manifest.ts';
import type { Prediction, Predictor } from '../predictor.ts';
import { imageAt, type Tensor } from '../tensor.ts';
import { percent } from '../text/format.ts';
import { listed } from '../text/listed.ts';
import { compareWith } from './comparison.ts';

/**
 * What would tip a decision: the concepts of the input moved towards those that are usual in the class that was behind, no
 * farther than until the model, which reads the decoded picture again, says that class. A picture on this way is like training
 * inputs, which the shortest move of the concepts need not be: that is the artefact `counterfactual`. Whatever is shown of it
 * is what the model said of the very picture that is shown.
 */
export interface TurningPoint {
  /** The class that is ahead, and the one that the concepts were moved for. */
  readonly ahead: number;
  readonly behind: number;
  /** How far the concepts went to those that are usual in `behind`, 0 to 1; absent where these are not known. */
  readonly share?: number;
  /** The concepts whose move does most for `behind`, that first. */
  readonly moved: readonly { readonly concept: number; readonly direction: 'higher' | 'lower' }[];
  /** `[…]`, the concepts as they are, decoded, in the units of `input`. */
  readonly own: Tensor;
  /** `[…]`, the moved concepts decoded, in the units of `input`. */
  readonly decoded: Tensor;
  /** What the model says of that when it reads it: a class, which need not be `behind`. */
  readonly index: number;
  readonly probability: number;
}

/** Pictures on the way, which are read together. */
const STEPS = 16;
/** What the model must give the class at least, so that others see it too. */
const LEAST_PROBABILITY = 0.99;
/** Of all that the moves do for the other class: the concepts that are named do so much together, or there are so many. */
const NAMED = { share: 0.6, most: 2 } as const;

type Asked = Pick<Predictor, 'manifest' | 'intervene' | 'complete' | 'decode'>;
type Explained = Pick<Prediction, 'index' | 'concepts' | 'relevances' | 'contributions' | 'logits'>;

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

/** What the model says of the pictures of an input with all concepts set, in order. @param settings `[N][K]` */
async function readEach({ intervene }: Asked, prediction: Explained, settings: readonly (readonly number[])[]) {
  const { outcomes } = await intervene(
    repeated(prediction, settings.length),
    settings.map((row) => row.map((value, concept) => ({ concept, value }))),
  );
  return outcomes.flatMap((outcome, i) =>
    outcome === undefined ? [] : [{ outcome, target: settings[i] as readonly number[] }],
  );
}

/** Whether a model can be asked what would tip it: one of images that decodes them. */
export const canTurn = ({ artefacts, graphs, input }: Pick<Manifest, 'artefacts' | 'graphs' | 'input'>): boolean =>
  input.kind === 'image' && graphs.decoder !== undefined && artefacts.includes('traversals');

/**
 * The first picture on the way to what is usual in the other class that the model gives 99 % for it; where none is, the one
 * that it gives most. Where the manifest does not say what is usual in a class, and where no picture on the way is of it,
 * what the artefact `counterfactual` finds.
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
  const { ahead, behind, deciding } = compareWith(prediction, contrast);
  if (!canTurn(manifest) || deciding.length === 0) return undefined;
  const found = (await onTheWay(predictor, prediction, behind)) ?? (await nearest(predictor, prediction, behind));
  if (found === undefined) return undefined;
  const { outcome, target, share } = found;
  const { index, probability } = outcome.reread;
  const moved = movesFor(prediction, target, [ahead, behind]);
  const own = imageAt(await predictor.decode(repeated(prediction, 1).concepts), 0);
  const way = share === undefined ? {} : { share };
  return { ahead, behind, ...way, moved, own, decoded: outcome.decoded, index, probability };
}

/** The concepts whose move does most for the class that is behind, by θ, no more than matter. @param target `[K]` */
function movesFor(
  { concepts, relevances }: Explained,
  target: readonly number[],
  [ahead, behind]: readonly [number, number],
): TurningPoint['moved'] {
  const works = target.map((value, concept) => {
    const [own, row] = [concepts[concept] as number, relevances[concept] as readonly number[]];
    const work = (value - own) * ((row[behind] as number) - (row[ahead] as number));
    return { concept, work, direction: value < own ? ('lower' as const) : ('higher' as const) };
  });
  const helping = works.filter(({ work }) => work > 0).sort((a, b) => b.work - a.work);
  let missing = NAMED.share * helping.reduce((sum, { work }) => sum + work, 0);
  const named: { concept: number; direction: 'higher' | 'lower' }[] = [];
  for (const { concept, work, direction } of helping.slice(0, NAMED.most)) {
    if (missing <= 0) break;
    named.push({ concept, direction });
    missing -= work;
  }
  return named;
}

/** On the straight way to the concepts that are usual in class `behind`. */
async function onTheWay(predictor: Asked, prediction: Explained, behind: number) {
  const profile = predictor.manifest.profiles?.[behind];
  if (profile === undefined || profile.count === 0) return undefined;
  const settings = Array.from({ length: STEPS }, (_, i) =>
    prediction.concepts.map((value, k) => {
      const usual = profile.concepts[k]?.mean ?? value;
      return value + ((i + 1) / STEPS) * (usual - value);
    }),
  );
  const read = (await readEach(predictor, prediction, settings)).map((one, i) => ({ ...one, share: (i + 1) / STEPS }));
  const turned = read.filter(({ outcome: { reread } }) => reread.index === behind);
  const clear = turned.find(({ outcome: { reread } }) => reread.probability >= LEAST_PROBABILITY);
  return clear ?? turned.sort((a, b) => b.outcome.reread.probability - a.outcome.reread.probability)[0];
}

/** The nearest concepts that make an input of class `behind`, decoded and read again. */
async function nearest(predictor: Asked, prediction: Explained, behind: number) {
  const contrast = predictor.manifest.classes[behind];
  const explain = ['counterfactual'] as const;
  const [one] = await predictor.complete(repeated(prediction, 1), { explain, contrast });
  if (one?.counterfactual === undefined) return undefined;
  const [read] = await readEach(predictor, prediction, [one.counterfactual.concepts]);
  return read && { ...read, share: undefined };
}

/**
 * What was moved, in words: `44 % of the way to the usual “4”, mostly by concept E lower`, or `… by concept E lower (an open
 * top)` where it is one and somebody has told its ends.
 */
export function movedWords(
  { concepts, classes }: Pick<Manifest, 'concepts' | 'classes'>,
  { moved, share, behind }: Pick<TurningPoint, 'moved' | 'share' | 'behind'>,
): string {
  const named = moved.map(({ concept, direction }) => {
    const { name, ends } = concepts[concept] as Manifest['concepts'][number];
    const toward = moved.length === 1 ? ends?.[direction === 'higher' ? 'high' : 'low'] : undefined;
    return `${name} ${direction}${toward === undefined ? '' : ` (${toward})`}`;
  });
  if (share === undefined) return `with ${listed(named)}`;
  const way = `${Math.round(100 * share)} % of the way to the usual “${classes[behind]}”`;
  return named.length === 0 ? way : `${way}, mostly by ${listed(named)}`;
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
