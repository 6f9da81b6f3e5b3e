import type { Counterfactual } from '../../../core/artefacts/counterfactual/counterfactual.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { percent, plain } from '../../../core/text/format.ts';
import { byId, element } from '../dom.ts';

/** What would make it another class: a choice, which sets the concepts as the nearest counterfactual has them, and says so. */
export interface Wish {
  /** @param index the class that is predicted, which cannot be wished for; `undefined` without an input */
  show(index: number | undefined, found: Counterfactual | undefined): void;
}

const list = new Intl.ListFormat('en');
/** Concepts that are named at most; that others moved is said. */
const NAMED = 3;

/** `concept F, concept I, concept C, and 4 others moved, 2.1 deviations in all; “3” leads by 4.2, and read again it is “3” with 99 %` */
export function wishWords(
  { classes, concepts }: Pick<Manifest, 'classes' | 'concepts'>,
  found: Counterfactual,
): string {
  const { changed, distance, margin, probability, verified, index } = found;
  const named = `“${classes[index]}”`;
  const names = changed.map((k) => concepts[k]?.name ?? String(k));
  const others = names.length - NAMED;
  const moved = list.format(others > 1 ? [...names.slice(0, NAMED), `${others} others`] : names);
  const read = verified ? `read again it is ${named} with ${percent(probability)}` : `read again it is not ${named}`;
  return `${moved} moved, ${plain(distance)} deviations in all; ${named} leads by ${plain(margin)}, and ${read}`;
}

/** @param onWish called with the class that is wished for */
export function createWish(manifest: Manifest, onWish: (index: number) => void, signal: AbortSignal): Wish {
  const box = byId('wish-box', 'div');
  const choice = byId('wish', 'select');
  const said = byId('wish-said', 'p');
  const { classes, graphs, concepts } = manifest;
  box.hidden = graphs.decoder === undefined || concepts.length === 0;
  const options = classes.map((name, index) => element('option', { value: index }, name));
  choice.replaceChildren(element('option', { value: '' }, '…'), ...options);
  choice.addEventListener(
    'change',
    () => {
      if (choice.value !== '') onWish(Number(choice.value));
    },
    { signal },
  );
  return {
    show(index, found) {
      choice.disabled = index === undefined;
      options.forEach((option, c) => {
        option.disabled = c === index;
      });
      choice.value = found === undefined ? '' : String(found.index);
      said.textContent = found === undefined ? '' : wishWords(manifest, found);
    },
  };
}
