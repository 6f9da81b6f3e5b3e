import { element } from '../dom.ts';
import type { Feature, FormField } from './form-field.ts';

/** The indicators of one category as one choice: no two of them can be 1, so no two can be chosen. */
export interface FormCategory {
  readonly row: HTMLElement;
  /** One a feature, in the order given. */
  readonly fields: readonly FormField[];
}

/** A radio button for each feature, and one for none of them. @param id of the category's elements */
export function createCategory(category: string, features: readonly Feature[], id: string): FormCategory {
  const choice = (text: string, index: number) => {
    const input = element('input', { type: 'radio', name: id, id: `${id}-${index}` });
    const label = element('label', { class: 'field-name', for: input.id }, text);
    return { input, row: element('div', { class: 'field' }, label, input) };
  };
  const choices = features.map(({ name }, index) => choice(name, index));
  const none = choice('none of these', features.length);
  none.input.checked = true;
  return {
    row: element(
      'fieldset',
      { class: 'category' },
      element('legend', {}, category),
      ...[...choices, none].map(({ row }) => row),
    ),
    fields: choices.map(({ input }, index) => ({
      name: (features[index] as Feature).name,
      read: () => Number(input.checked),
      show: (value) => {
        input.checked = value === 1;
        none.input.checked = !choices.some((other) => other.input.checked);
      },
    })),
  };
}
