import type { ImageInput } from '../../images/prepare.ts';
import type { Concept, Manifest } from '../../manifest.ts';
import type { Prediction, Traversal } from '../../predictor.ts';
import type { Comparison } from '../../reasons/comparison.ts';
import type { TabularInput } from '../../tables/features.ts';
import { movedLines } from '../../tables/moved-features.ts';
import { takeRows } from '../../tensor.ts';
import { stepLabel } from '../aria-labels.ts';
import { middleOf, type Part, type Rows } from '../column.ts';
import { HEADER_LINE } from '../layout.ts';
import { textAt } from '../svg.ts';
import { fitted } from '../text.ts';
import { endForAhead, hasClassEnds } from './ends/class-ends.ts';
import { learnedConcepts, linesAt } from './lines.ts';
import { TITLE, tileRow, tilesFor, titleWidth } from './tile.ts';

/** What the decoder makes of the input with one concept moved: a strip of images, or the features that follow it. */

const TITLES = { all: 'decoded with this concept moved', ends: ['− less', 'more +'], middle: 'as it is' } as const;
/** The ends where each row runs towards the class that is ahead, as its prototypes do (class-ends.ts). */
export const towards = ({ classes }: Pick<Manifest, 'classes'>, { ahead, behind }: Comparison): [string, string] => [
  `← “${classes[behind]}”`,
  `“${classes[ahead]}” →`,
];
const MOST_TOWARDS = 110;
/** How far a concept is moved (core/artefacts/traversals.ts), for whoever reads the figure. */
const MOVED =
  'from h − q to h + q, where h is its activation for this input and q half of what lies between the 5 % and the 95 % quantile of its activations over the training set; what lies beyond these quantiles, where hardly a training input is, is left out';
/** Between the titles of the ends and of the middle. */
const AIR = 4;
const LINES_WIDTH = 230;

/**
 * Which steps of a traversal are shown: those within the middle 90 % of the training inputs, beyond which the decoder has seen
 * next to nothing and draws noise, and always the input as it is. @returns `[S]`
 */
export function shownSteps(
  { quantiles: { q05, q95 } }: Pick<Concept, 'quantiles'>,
  { values }: Pick<Traversal, 'values'>,
): boolean[] {
  const own = ownStep(values.length);
  return values.map((value, s) => s === own || (value >= q05 && value <= q95));
}

/** Whether a strip runs from more of concept k to less: where less of it speaks for the class that is ahead (class-ends.ts). */
export const runsDown = (
  manifest: Pick<Manifest, 'artefacts' | 'input'>,
  { relevances }: Pick<Prediction, 'relevances'>,
  comparison: Comparison,
  k: number,
): boolean => hasClassEnds(manifest) && endForAhead(relevances, comparison, k) === 'low';

/** The step of a traversal that is the input as it is; `undefined` where none is, of an even number. */
export const ownStep = (steps: number): number | undefined => (steps % 2 === 1 ? (steps - 1) / 2 : undefined);

/** What the columns of a strip are, as far as there is room: its ends, and the one in the middle. */
function scaleTitles(
  steps: number,
  width: number,
  x: number,
  y: number,
  titles: readonly [string, string] = TITLES.ends,
): string[] {
  const [less, more] = titles.map((title) => fitted(title, MOST_TOWARDS, TITLE)) as [string, string];
  const side = titleWidth(less, more) + AIR;
  const hasEnds = steps > 1 && width >= 2 * side;
  const hasMiddle = ownStep(steps) !== undefined && (steps === 1 || width >= 2 * side + titleWidth(TITLES.middle));
  return [
    ...(hasEnds ? [textAt(x, y, less, TITLE), textAt(x + width, y, more, { ...TITLE, anchor: 'end' })] : []),
    ...(hasMiddle ? [textAt(x + width / 2, y, TITLES.middle, { ...TITLE, anchor: 'middle' })] : []),
  ];
}

/** Those of the concepts that have a row of their own, in the order of the rows. */
const shownTraversals = ({ traversals }: Pick<Prediction, 'traversals'>, rows: Rows): readonly Traversal[] =>
  rows.concepts.flatMap((k) => traversals.filter(({ concept }) => concept === k));

const strips: Part = ({ manifest }, { steps }) => {
  const { input, concepts } = manifest;
  const isByClass = hasClassEnds(manifest);
  const tiles = tilesFor(input as ImageInput);
  const width = tiles.widthOf(steps);
  return {
    width: Math.max(width, titleWidth(TITLES.all)),
    rowHeight: tiles.height,
    caption: `The strip shows what the model makes of the input with that concept alone turned down and up, ${MOVED}.`,
    header: ({ comparison }, x, y) => [
      textAt(x, y, TITLES.all, TITLE),
      ...scaleTitles(steps, width, x, y + HEADER_LINE, isByClass ? towards(manifest, comparison) : undefined),
    ],
    content: ({ prediction, comparison }, x, rows, encode) =>
      shownTraversals(prediction, rows).flatMap(({ concept: k, values, decoded }) => {
        const concept = concepts[k] as Concept;
        const isDown = runsDown(manifest, prediction, comparison, k);
        const all = values.map((_, s) => (isDown ? values.length - 1 - s : s));
        const isShown = shownSteps(concept, { values });
        const steps = all.filter((s) => isShown[s]);
        const names = steps.map((s) => stepLabel(concept.name, values[s] as number));
        const left = x + all.indexOf(steps[0] as number) * (tiles.width + tiles.gap);
        return steps.length === 0
          ? []
          : tileRow(takeRows(decoded, steps), { tiles, x: left, middle: middleOf(rows, k) }, encode, names);
      }),
  };
};

const followers: Part = ({ manifest }) => {
  const learned = learnedConcepts(manifest);
  if (!learned.includes(true)) return undefined;
  const input = manifest.input as TabularInput;
  return {
    width: LINES_WIDTH,
    rowHeight: 0,
    caption: `Beside a learned concept stand the features that follow it when it is turned down and up, ${MOVED}.`,
    header: (_, x, y) => [textAt(x, y, TITLES.all, TITLE)],
    content: ({ prediction }, x, rows) =>
      shownTraversals(prediction, rows)
        .filter(({ concept }) => learned[concept])
        .flatMap((traversal) =>
          linesAt(x, middleOf(rows, traversal.concept), LINES_WIDTH, movedLines(traversal, input)),
        ),
  };
};

export const traversals = { image: strips, tabular: followers };
