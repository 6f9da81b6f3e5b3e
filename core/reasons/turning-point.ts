import { type Change, changeBetween, type Piece, patched, withPieces } from '../images/regions/change.ts';
import type { Manifest } from '../manifest.ts';
import type { Prediction, Predictor } from '../predictor.ts';
import { concatRows, imageAt, type Tensor } from '../tensor.ts';
import { percent } from '../text/format.ts';
import { compareWith } from './comparison.ts';
import { allSet, repeated } from './moved.ts';
import { wayTo } from './way.ts';

/**
 * What would tip a decision: the concepts of the input moved towards the class that was behind, no farther than until the
 * model, which reads the decoded picture again, says that class. A picture on this way is like training inputs of the class,
 * which the shortest move of the concepts need not be: that is the artefact `counterfactual`. Of what changes in the picture
 * that is kept which the model itself decides by: a stroke that is only a little aside changes nothing for it. Whatever is
 * shown is what the model said of the very pictures.
 */
export interface TurningPoint {
  /** The class that is ahead, and the one that the concepts were moved for. */
  readonly ahead: number;
  readonly behind: number;
  /** `[…]`, the concepts as they are, decoded, in the units of `input`. */
  readonly own: Tensor;
  /** `[…]`, the moved concepts decoded, in the units of `input`. */
  readonly decoded: Tensor;
  /** What changes in between, in the input: the pieces by which the model decides, the one that does most first. */
  readonly change: Change;
  /** What the model says of `decoded` when it reads it: a class, which need not be `behind`. */
  readonly index: number;
  readonly probability: number;
}

/** What the model must give the class at least, so that others see it too. */
const LEAST_PROBABILITY = 0.99;
/** Of what the piece that does most does for the other class: pieces that do less are left out. */
const LEAST_EFFECT = 0.25;
/** Pieces that are tried, the largest; the others are left out. */
const MOST_PIECES = 8;

type Asked = Pick<Predictor, 'manifest' | 'intervene' | 'complete' | 'decode' | 'predict'>;
type Explained = Pick<Prediction, 'index' | 'concepts' | 'relevances' | 'contributions' | 'logits'>;

/** What the model says of the pictures of an input with all concepts set, in order. @param settings `[N][K]` */
async function readEach({ intervene }: Asked, prediction: Explained, settings: readonly (readonly number[])[]) {
  const { outcomes } = await intervene(repeated(prediction, settings.length), settings.map(allSet));
  return outcomes.filter((outcome) => outcome !== undefined);
}

/** Whether a model can be asked what would tip it: one of images that decodes them. */
export const canTurn = ({ artefacts, graphs, input }: Pick<Manifest, 'artefacts' | 'graphs' | 'input'>): boolean =>
  input.kind === 'image' && graphs.decoder !== undefined && artefacts.includes('traversals');

/**
 * The first picture on the way to the other class that the model gives 99 % for it; where none is, the one that it gives
 * most. Where the manifest does not say where the class is, and where no picture on the way is of it, what the artefact
 * `counterfactual` finds.
 * @param input `[C, H, W]` in [0, 1], what was predicted
 * @param contrast index of the class to set beside the predicted one; the runner-up when absent
 * @returns `undefined` for a model that decodes no images, and where two classes are level
 * @throws inference_failed
 */
export async function turningPoint(
  predictor: Asked,
  prediction: Explained,
  input: Tensor,
  contrast?: number,
): Promise<TurningPoint | undefined> {
  const { ahead, behind, deciding } = compareWith(prediction, contrast);
  if (!canTurn(predictor.manifest) || deciding.length === 0) return undefined;
  const found = (await onTheWay(predictor, prediction, behind)) ?? (await nearest(predictor, prediction, behind));
  if (found === undefined) return undefined;
  const { decoded, reread } = found;
  const own = imageAt(await predictor.decode(repeated(prediction, 1).concepts), 0);
  const whole = changeBetween(input, own, decoded);
  const change = withPieces(whole, await decidingPieces(predictor, { own, decoded, ahead, behind }, whole));
  return { ahead, behind, own, decoded, change, index: reread.index, probability: reread.probability };
}

/** On the way to the inputs of class `behind`. */
async function onTheWay(predictor: Asked, prediction: Explained, behind: number) {
  const { concepts, profiles } = predictor.manifest;
  const profile = profiles?.[behind];
  if (profile === undefined || profile.count === 0) return undefined;
  const read = await readEach(predictor, prediction, wayTo(concepts, profile, prediction.concepts));
  const turned = read.filter(({ reread }) => reread.index === behind);
  const clear = turned.find(({ reread }) => reread.probability >= LEAST_PROBABILITY);
  return clear ?? turned.sort((a, b) => b.reread.probability - a.reread.probability)[0];
}

/** The nearest concepts that make an input of class `behind`, decoded and read again. */
async function nearest(predictor: Asked, prediction: Explained, behind: number) {
  const contrast = predictor.manifest.classes[behind];
  const explain = ['counterfactual'] as const;
  const [one] = await predictor.complete(repeated(prediction, 1), { explain, contrast });
  if (one?.counterfactual === undefined) return undefined;
  const [read] = await readEach(predictor, prediction, [one.counterfactual.concepts]);
  return read;
}

/**
 * The pieces of a change that the model decides by, the one that does most first: by how much the other class gains when the
 * piece alone comes to the picture as it is, and loses when it alone is missing in the picture that is tipped.
 */
async function decidingPieces(
  { predict }: Asked,
  { own, decoded, ahead, behind }: Pick<TurningPoint, 'own' | 'decoded' | 'ahead' | 'behind'>,
  { pieces }: Change,
): Promise<Piece[]> {
  const tried = pieces.slice(0, MOST_PIECES);
  if (tried.length < 2) return tried;
  const pictures = [
    own,
    decoded,
    ...tried.flatMap((piece) => [patched(own, decoded, piece), patched(decoded, own, piece)]),
  ];
  const batch = concatRows(pictures.map(({ shape, data }) => ({ shape: [1, ...shape], data })));
  const said = await predict(batch, { explain: [] });
  const [before, after, ...each] = said.map(({ logits }) => (logits[behind] as number) - (logits[ahead] as number));
  const effects = tried.map((piece, i) => {
    const [alone, without] = [each[2 * i] as number, each[2 * i + 1] as number];
    return { piece, effect: alone - (before as number) + (after as number) - without };
  });
  const largest = Math.max(...effects.map(({ effect }) => effect));
  return effects
    .filter(({ effect }) => largest <= 0 || effect >= LEAST_EFFECT * largest)
    .sort((a, b) => b.effect - a.effect)
    .map(({ piece }) => piece);
}

/** What the picture is, below what the model says of it. */
export const movedWords = ({ classes }: Pick<Manifest, 'classes'>, { behind }: Pick<TurningPoint, 'behind'>): string =>
  `its concepts moved towards “${classes[behind]}”`;

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
