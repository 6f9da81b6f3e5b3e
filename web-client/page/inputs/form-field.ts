import type { TabularInput } from '../../../core/tables/features.ts';
import { shortestDecimal } from '../../../core/tables/float32.ts';
import { quantity } from '../../../core/text/format.ts';
import { element } from '../dom.ts';

/** The fields of the page's form: a checkbox for a feature of 0 and 1, a number and a slider for any other. */

export type Feature = TabularInput['features'][number];

/** One feature of the form. */
export interface FormField {
  readonly name: string;
  readonly row: HTMLElement;
  /** In the feature's unit; `undefined` where what is typed is no number that float32 holds. Says so beside the field. */
  read(): number | undefined;
  show(value: number): void;
}

/** A feature that is 0 or 1, as a checkbox. */
function createCheckbox({ name }: Feature, id: string): FormField {
  const input = element('input', { type: 'checkbox', id });
  return {
    name,
    row: element('div', { class: 'field' }, element('label', { class: 'field-name', for: id }, name), input),
    read: () => Number(input.checked),
    show: (value) => {
      input.checked = value === 1;
    },
  };
}

/** Any other feature, as a number; one outside its range is taken, with a word about it. */
function createNumber({ name, unit, range: [low, high] }: Feature, id: string): FormField {
  const input = element('input', {
    type: 'number',
    id,
    step: 'any',
    min: low,
    max: high,
    required: '',
    'aria-describedby': `${id}-note`,
  });
  const note = element('small', { id: `${id}-note`, 'aria-live': 'polite' });
  const range = `${quantity(low)} to ${quantity(high, unit)}`;
  const say = (state: 'fine' | 'outside' | 'wrong', text: string): void => {
    note.dataset['state'] = state;
    if (note.textContent !== text) note.textContent = text;
    input.setAttribute('aria-invalid', String(state === 'wrong'));
  };
  return {
    name,
    row: element('div', { class: 'field' }, element('label', { class: 'field-name', for: id }, name), input, note),
    read: () => {
      const value = input.valueAsNumber;
      if (!Number.isFinite(Math.fround(value))) {
        say('wrong', 'must be a number');
        return undefined;
      }
      const outside = Math.fround(value) < Math.fround(low) || Math.fround(value) > Math.fround(high);
      say(outside ? 'outside' : 'fine', outside ? `outside ${range}, what it was trained on` : range);
      return value;
    },
    show: (value) => {
      input.value = String(shortestDecimal(value));
    },
  };
}

/**
 * The manifest does not tell indicators from shares, so a feature counts as one where its range is 0 to 1 and no
 * example lies between.
 * @param seen the feature's values in the examples
 */
const isIndicator = ({ range: [low, high] }: Feature, seen: readonly number[]): boolean =>
  low === 0 && high === 1 && seen.length > 0 && seen.every((value) => value === 0 || value === 1);

/** @param seen the feature's values in the model's examples */
export function createField(feature: Feature, id: string, seen: readonly number[]): FormField {
  return isIndicator(feature, seen) ? createCheckbox(feature, id) : createNumber(feature, id);
}
