import { betweenWords, CHANGE_WORDS, movedWords, readWords } from '../../reasons/turning-point.ts';
import type { Tensor } from '../../tensor.ts';
import { percent } from '../../text/format.ts';
import { classesWidth, likeliestClasses } from '../classes.ts';
import { COLUMN_GAP, MARGIN } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import type { ComparedPanel, FigureModel, Subject } from '../panel.ts';
import { REASON_LOOKS, reasonElements } from '../parts/reason.ts';
import { TITLE } from '../parts/tile.ts';
import { imageAt, textAt, tooltip } from '../svg.ts';
import { BOLD, fitted, TEXT, wrapped } from '../text.ts';
import { changeOn } from './change.ts';
import type { Head } from './input-drawing.ts';
import { warningText } from './warning.ts';

/**
 * Over the rows of an image: the image, large, beside what would tip the decision; and beside these why, in words, and the
 * likeliest classes. Whoever reads no further has the answer.
 */

const PICTURE = 180;
/** Between the two, where an arrow stands. */
const GAP = 32;
const ARROW = { size: 18, fill: COLOURS.quiet, anchor: 'middle' } as const;
/** Below a picture: what the model says of it, and in so many lines at most what it is. */
const SAID = { size: TEXT.heading, weight: BOLD } as const;
const CAPTION = { down: 19, line: 16, most: 4 } as const;
/** Least width of the words. */
const WORDS = 420;
const CLASSES_WIDTH = { least: 140, most: 240 } as const;
/** From the last line of the words to the baseline of the first class. */
const CLASSES_DOWN = 28;
const AIR_BELOW = 16;
const HEIGHT = PICTURE + CAPTION.down + CAPTION.most * CAPTION.line + AIR_BELOW;

interface Picture {
  readonly image: Tensor;
  readonly said: string;
  readonly what: string;
}

/** The input, and what it is set beside: its concepts as somebody set them, or as they would tip the decision. */
function picturesOf(manifest: Subject, { input, prediction, turn }: ComparedPanel): Picture[] {
  const { label, probability, intervention } = prediction;
  const own = { image: input, said: `“${label}” ${percent(probability)}`, what: 'this input' };
  if (intervention !== undefined) {
    const { decoded, reread } = intervention;
    const said = `“${reread.label}” ${percent(reread.probability)}`;
    // what was predicted is of the concepts as they are set; of the input itself nothing is said
    return [
      { ...own, said: '' },
      { image: decoded, said, what: 'with concepts set, as the model reads it again' },
    ];
  }
  if (turn === undefined) return [own];
  return [
    own,
    {
      image: changeOn(input, turn.change),
      said: betweenWords(manifest, turn),
      what: CHANGE_WORDS,
    },
    { image: turn.decoded, said: readWords(manifest, turn), what: movedWords(manifest, turn) },
  ];
}

/** @param x left edge @param top upper edge */
function pictureAt({ image, said, what }: Picture, x: number, top: number, href: string): string[] {
  const [, H = 1, W = 1] = image.shape;
  const shrink = PICTURE / Math.max(H, W);
  const box = { x, y: top, width: W * shrink, height: H * shrink };
  const lines = wrapped(what, PICTURE, TITLE);
  const rest = lines.slice(CAPTION.most - 1).join(' ');
  const told = lines.length > CAPTION.most ? [...lines.slice(0, CAPTION.most - 1), rest] : lines;
  const first = top + PICTURE + CAPTION.down;
  return [
    imageAt(box, href, tooltip(said === '' ? what : `${what}: ${said}`)),
    textAt(x, first, fitted(said, PICTURE, SAID), SAID),
    ...told.map((line, i) => textAt(x, first + (i + 1) * CAPTION.line, fitted(line, PICTURE, TITLE), TITLE)),
  ];
}

/** How many pictures a model's figures have room for: more than the input of a model that decodes. */
const picturesShown = ({ artefacts }: Subject): number => (artefacts.includes('traversals') ? 3 : 1);

export function imageHead({ manifest }: FigureModel): Head {
  const count = picturesShown(manifest);
  const pictures = count * PICTURE + (count - 1) * GAP;
  const classes = classesWidth(manifest.classes, CLASSES_WIDTH);
  return {
    width: pictures + COLUMN_GAP + Math.max(WORDS, classes),
    height: HEIGHT,
    content: (panel, reason, { top, width }, encode) => {
      const shown = picturesOf(manifest, panel);
      const x = MARGIN + pictures + COLUMN_GAP;
      const room = width - pictures - COLUMN_GAP;
      const words = reasonElements(reason, REASON_LOOKS.beside, { x, top, width: room });
      const y = words.bottom + CLASSES_DOWN;
      const warning = { x: x + classes + COLUMN_GAP, y: y - TEXT.heading, width: room - classes - COLUMN_GAP };
      return [
        ...words.elements,
        ...shown.flatMap((picture, i) => pictureAt(picture, MARGIN + i * (PICTURE + GAP), top, encode(picture.image))),
        ...shown.slice(1).map((_, i) => {
          const end = MARGIN + (i + 1) * (PICTURE + GAP);
          return textAt(end - GAP / 2, top + PICTURE / 2, '→', ARROW);
        }),
        ...likeliestClasses(manifest.classes, panel.prediction, { x, y, width: classes }),
        ...warningText(manifest, panel.prediction, warning),
      ];
    },
  };
}
