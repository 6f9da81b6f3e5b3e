import type { TabularInput } from '../../../core/tables/features.ts';
import { shortestDecimal } from '../../../core/tables/float32.ts';
import { quantity } from '../../../core/text/format.ts';
import { element } from '../dom.ts';

/** The fields of the page's form: a checkbox for a feature of 0 and 1, and a number for any other. */

export type Feature = TabularInput['features'][number];

/** One feature of the form. */
export interface FormField {
  readonly name: string;
  /** In the feature's unit; `undefined` where what is typed is no number that float32 holds. Says so beside the field. */
  read(): number | undefined;
  show(value: number): void;
}

/** A field that has a row of the form to itself. */
export interface RowField extends FormField {
  readonly row: HTMLElement;
}

/** A feature that is 0 or 1, as a checkbox. */
export function createCheckbox({ name }: Feature, id: string): RowField {
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
export function createNumber({ name, unit, range: [low, high] }: Feature, id: string): RowField {
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
