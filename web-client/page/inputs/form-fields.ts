import { createCategory, type FormCategory } from './form-category.ts';
import { createCheckbox, createNumber, type Feature, type FormField } from './form-field.ts';

/** The form of a model of tables: which field each of its features gets, and in which order they stand. */

/**
 * The manifest does not tell indicators from shares, so a feature counts as one where its range is 0 to 1 and no
 * example lies between.
 * @param seen the feature's values in the examples
 */
const isIndicator = ({ range: [low, high] }: Feature, seen: readonly number[]): boolean =>
  low === 0 && high === 1 && seen.length > 0 && seen.every((value) => value === 0 || value === 1);

/** The fields of a form, one a feature, and its rows from top to bottom. */
export interface FormFields {
  readonly fields: readonly FormField[];
  readonly rows: readonly HTMLElement[];
}

/**
 * Indicators of one category are one choice, which stands where the first of them does.
 * @param seen the values of feature f in the model's examples
 */
export function createFields(features: readonly Feature[], seen: (f: number) => readonly number[]): FormFields {
  const indicators = features.map((feature, f) => isIndicator(feature, seen(f)));
  const categoryOf = (f: number): string | undefined => (indicators[f] ? features[f]?.category : undefined);
  const categories = new Map<string, FormCategory>();
  const rows: HTMLElement[] = [];
  const fields = features.map((feature, f): FormField => {
    const category = categoryOf(f);
    if (category === undefined) {
      const field = (indicators[f] ? createCheckbox : createNumber)(feature, `feature-${f}`);
      rows.push(field.row);
      return field;
    }
    const members = features.filter((_, other) => categoryOf(other) === category);
    const known = categories.get(category) ?? createCategory(category, members, `category-${f}`);
    if (!categories.has(category)) rows.push(known.row);
    categories.set(category, known);
    return known.fields[members.indexOf(feature)] as FormField;
  });
  return { fields, rows };
}
