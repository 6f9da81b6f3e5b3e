import { changeLabel, turnLabel } from '../../core/figure/aria-labels.ts';
import { changeOn } from '../../core/figure/inputs/change.ts';
import type { Manifest } from '../../core/manifest.ts';
import { changeWords, sentenceOfChange } from '../../core/reasons/change-words.ts';
import {
  betweenWords,
  CHANGE_WORDS,
  canTurn,
  movedWords,
  readWords,
  type TurningPoint,
} from '../../core/reasons/turning-point.ts';
import { imageAt } from '../../core/tensor.ts';
import { percent } from '../../core/text/format.ts';
import { byId } from './dom.ts';
import type { Explained } from './explanation/concept-cell.ts';
import { paint } from './paint.ts';

/**
 * What would tip the decision, beside the answer: the input, what of it would change, and the picture
 * that is read as the other class; and the same in words. It comes after the answer, in a place that is kept for it.
 */
export interface TurnView {
  /** Of a model that cannot be asked nothing is shown. @param turn `undefined` while it is sought, and where there is none */
  show(explained: Explained | undefined, turn: TurningPoint | undefined): void;
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
  const showChange = ({ input }: Explained, turn: TurningPoint | undefined): void => {
    change.figure.toggleAttribute('data-empty', turn === undefined);
    change.between.textContent = turn === undefined ? '' : betweenWords(manifest, turn);
    change.colours.textContent = turn === undefined ? '' : CHANGE_WORDS;
    change.canvas.setAttribute('aria-label', turn === undefined ? 'No picture yet' : changeLabel(manifest, turn));
    if (turn !== undefined) paint(change.canvas, changeOn(imageAt(input, 0), turn.change));
  };
  const words = byId('turn-words', 'p');
  return {
    show(explained, turn) {
      box.hidden = explained === undefined || !canTurn(manifest);
      words.hidden = box.hidden;
      other.figure.toggleAttribute('data-empty', turn === undefined);
      if (explained === undefined || box.hidden) return;
      showChange(explained, turn);
      const change = turn && changeWords(manifest, turn);
      words.textContent = change === undefined ? '' : sentenceOfChange(change);
      const { label, probability } = explained.prediction;
      paint(own.canvas, explained.input);
      own.said.textContent = `“${label}” ${percent(probability)}`;
      other.said.textContent = turn === undefined ? '' : readWords(manifest, turn);
      other.what.textContent = turn === undefined ? '' : movedWords(manifest, turn);
      other.canvas.setAttribute('aria-label', turn === undefined ? 'No picture yet' : turnLabel(manifest, turn));
      if (turn !== undefined) paint(other.canvas, turn.decoded);
    },
  };
}
