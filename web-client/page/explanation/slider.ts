import type { Concept, Manifest } from '../../../core/manifest.ts';
import type { Traversal } from '../../../core/predictor.ts';
import { plain } from '../../../core/text/format.ts';
import { element } from '../dom.ts';

/** A slider under what is shown of a concept: what would the model say if the concept were that? */

/** What becomes of a concept that is moved. @param done whether it was let go */
export type OnMove = (concept: number, value: number, done: boolean) => void;

export interface SliderState {
  /** As it is for the input, and as it is set. */
  readonly own: number;
  readonly value: number;
  readonly traversal: Traversal | undefined;
  /** Whether low values are to the right, as in the strip above. */
  readonly isReversed: boolean;
}

export interface Slider {
  readonly element: HTMLInputElement;
  /** @param state `undefined` where there is no input */
  set(state: SliderState | undefined): void;
}

/** As far as the strip goes, and as far as the concept is set. */
function rangeOf({ quantiles: { q05, q95 } }: Concept, { own, value, traversal }: SliderState): [number, number] {
  const ends = [...(traversal?.values ?? [q05, q95]), own, value];
  return [Math.min(...ends), Math.max(...ends)];
}

export function createSlider({ concepts }: Manifest, k: number, onMove: OnMove): Slider {
  const concept = concepts[k] as Concept;
  const input = element('input', { type: 'range', step: 'any', class: 'slider', disabled: '' });
  input.setAttribute('aria-label', `Set ${concept.name}`);
  /** While a hand holds it, it stays where the hand is, whatever is shown late. */
  let isHeld = false;
  input.addEventListener('input', () => {
    isHeld = true;
    onMove(k, input.valueAsNumber, false);
  });
  input.addEventListener('change', () => {
    isHeld = false;
    onMove(k, input.valueAsNumber, true);
  });
  return {
    element: input,
    set(state) {
      if (state === undefined) {
        input.disabled = true;
        return;
      }
      const [low, high] = rangeOf(concept, state);
      input.disabled = low === high;
      input.dir = state.isReversed ? 'rtl' : 'ltr';
      const moved = state.value !== state.own;
      input.classList.toggle('moved', moved);
      if (isHeld) return;
      input.min = String(low);
      input.max = String(high);
      input.valueAsNumber = state.value;
      input.setAttribute(
        'aria-valuetext',
        moved ? `${plain(state.value)}, set; ${plain(state.own)} as it is` : `${plain(state.value)}, as it is`,
      );
    },
  };
}
