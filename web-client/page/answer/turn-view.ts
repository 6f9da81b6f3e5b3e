import { changeLabel, turnLabel } from '../../../core/figure/aria-labels.ts';
import { changeOn } from '../../../core/figure/inputs/change.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { changeWords, sentenceOfChange } from '../../../core/reasons/change-words.ts';
import { type MovedPicture, rereadWords } from '../../../core/reasons/moved.ts';
import {
  betweenWords,
  CHANGE_WORDS,
  canTurn,
  movedWords,
  readWords,
  type TurningPoint,
} from '../../../core/reasons/turning-point.ts';
import { imageAt } from '../../../core/tensor.ts';
import { percent } from '../../../core/text/format.ts';
import { byId } from '../dom.ts';
import type { Explained } from '../explanation/concept-cell.ts';
import { paint } from '../paint.ts';

/**
 * What would tip the decision, beside the answer: the input, what of it would change, and the picture
 * that is read as the other class; and the same in words. It comes after the answer, in a place that is kept for it.
 */
export interface TurnView {
  /** Of a model that cannot be asked nothing is shown. @param turn `undefined` while it is sought, and where there is none */
  show(explained: Explained | undefined, turn: TurningPoint | undefined): void;
  /** In its place what somebody made of the input by setting concepts. */
  showMoved(explained: Explained, picture: MovedPicture): void;
}

/** From an input to a picture: what is said of the two pictures beside the input. */
interface Story extends Pick<MovedPicture, 'change' | 'decoded'> {
  readonly between: string;
  readonly colours: string;
  readonly said: string;
  readonly what: string;
  readonly changeLabel: string;
  readonly pictureLabel: string;
}

const turnStory = (manifest: Manifest, turn: TurningPoint): Story => ({
  ...turn,
  between: betweenWords(manifest, turn),
  colours: CHANGE_WORDS,
  said: readWords(manifest, turn),
  what: movedWords(manifest, turn),
  changeLabel: changeLabel(manifest, turn),
  pictureLabel: turnLabel(manifest, turn),
});

function movedStory(manifest: Manifest, { base, prediction }: Explained, picture: MovedPicture): Story {
  const said = `“${prediction.label}” ${percent(prediction.probability)}`;
  const again = rereadWords(manifest, picture);
  return {
    ...picture,
    between: base.index === prediction.index ? 'as you set it' : `“${base.label}” → “${prediction.label}”`,
    colours: 'blue went, orange came',
    said,
    what: `concepts as you set them, ${again}`,
    changeLabel: 'What of the picture changed, drawn on it: blue went, orange came.',
    pictureLabel: `The concepts as you set them, drawn: ${said}, ${again}.`,
  };
}

export function createTurnView(manifest: Manifest): TurnView {
  const box = byId('turn', 'div');
  const own = { canvas: byId('turn-input', 'canvas'), said: byId('turn-input-said', 'strong') };
  const other = {
    figure: byId('turn-other', 'figure'),
    canvas: byId('turn-picture', 'canvas'),
    said: byId('turn-said', 'strong'),
    what: byId('turn-what', 'span'),
  };
  const change = {
    figure: byId('turn-change', 'figure'),
    canvas: byId('turn-changed', 'canvas'),
    between: byId('turn-between', 'strong'),
    colours: byId('turn-colours', 'span'),
  };
  /** What stands below and in the three pictures; without a story their place is kept. */
  const tell = ({ input, base }: Explained, story: Story | undefined): void => {
    paint(own.canvas, input);
    own.said.textContent = `“${base.label}” ${percent(base.probability)}`;
    for (const { figure } of [change, other]) figure.toggleAttribute('data-empty', story === undefined);
    change.between.textContent = story?.between ?? '';
    change.colours.textContent = story?.colours ?? '';
    change.canvas.setAttribute('aria-label', story?.changeLabel ?? 'No picture yet');
    other.said.textContent = story?.said ?? '';
    other.what.textContent = story?.what ?? '';
    other.canvas.setAttribute('aria-label', story?.pictureLabel ?? 'No picture yet');
    if (story === undefined) return;
    paint(change.canvas, changeOn(imageAt(input, 0), story.change));
    paint(other.canvas, story.decoded);
  };
  const words = byId('turn-words', 'p');
  return {
    show(explained, turn) {
      box.hidden = explained === undefined || !canTurn(manifest);
      words.hidden = box.hidden;
      if (explained === undefined || box.hidden) return;
      tell(explained, turn && turnStory(manifest, turn));
      const change = turn && changeWords(manifest, turn);
      words.textContent = change === undefined ? '' : sentenceOfChange(change);
    },
    showMoved(explained, picture) {
      box.hidden = false;
      words.hidden = true;
      tell(explained, movedStory(manifest, explained, picture));
    },
  };
}
