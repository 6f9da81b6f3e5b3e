import { SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { batchSize, rowOf, type Tensor } from '../../../core/tensor.ts';
import { featuresToTensor } from '../../features.ts';
import { byId, element } from '../dom.ts';
import type { Feature, FormField } from './form-field.ts';
import { createFields } from './form-fields.ts';
import { type InputPanel, MAX_EXAMPLES, type Outlet, type Submission } from './submission.ts';

/** The middle of a feature's range, for a model without examples. */
const middle = ({ range: [low, high] }: Feature): number => Math.fround((low + high) / 2);

/** A row of a table: a form with a field for every feature of the manifest, explained as it is changed. */
export function createFormPanel({ submit, withdraw, report }: Outlet): InputPanel {
  const form = byId('features', 'form');
  const group = byId('rows', 'fieldset');
  let listeners = new AbortController();
  /** What was typed, by feature, kept for the next model. */
  let typed: Readonly<Record<string, number>> = {};
  let takeAgain: (submission: Submission) => void = () => {};

  return {
    check: tableOf,
    restore(submission) {
      if (submission === undefined) withdraw();
      else takeAgain(submission);
    },
    open(manifest, examples, asked) {
      const input = tableOf(manifest);
      listeners.abort();
      listeners = new AbortController();
      for (const button of group.querySelectorAll('button')) button.remove();
      const rows = Array.from({ length: examples === undefined ? 0 : batchSize(examples) }, (_, n) =>
        Array.from(rowOf(examples as Tensor, n)),
      );
      const { fields, rows: shown } = createFields(input.features, (f) => rows.map((row) => row[f] as number));
      const give = (from: Omit<Submission, 'input'>): void => {
        const read = valuesOf(fields);
        if (read.wrong.length === 0) {
          submit({ ...from, input: featuresToTensor(read.values, input) });
          return;
        }
        withdraw();
        report(new SennError('invalid_features', `${read.wrong.join(', ')}: must be a number`));
      };
      const take = (row: ArrayLike<number>, from: Omit<Submission, 'input'>): void => {
        fields.forEach((field, f) => {
          field.show(row[f] as number);
        });
        give(from);
      };
      takeAgain = (submission) => {
        typed = Object.fromEntries(input.features.map(({ name }, f) => [name, submission.input.data[f] as number]));
        take(submission.input.data, submission);
      };
      form.replaceChildren(...shown);
      const giveTyped = (): void => {
        typed = valuesOf(fields).values;
        give({ source: 'form', name: 'form' });
      };
      form.addEventListener('input', giveTyped, listeners);
      form.addEventListener('submit', (event) => event.preventDefault(), listeners);
      const buttons = rows.slice(0, MAX_EXAMPLES).map((row, n) => {
        const from = { source: 'example', name: `example ${n + 1}` } as const;
        const button = element('button', { type: 'button', 'aria-label': from.name }, String(n + 1));
        button.addEventListener('click', () => {
          typed = {};
          take(row, from);
        });
        return button;
      });
      group.append(...buttons);
      group.hidden = buttons.length === 0;
      const [first] = rows;
      const kept = input.features.flatMap(({ name }) => (Object.hasOwn(typed, name) ? [typed[name] as number] : []));
      if (asked !== undefined) takeAgain(asked);
      else if (kept.length === fields.length) take(kept, { source: 'form', name: 'form' });
      else if (first === undefined) take(input.features.map(middle), { source: 'form', name: 'form' });
      else take(first, { source: 'example', name: 'example 1' });
    },
  };
}

/** @throws unsupported_input */
function tableOf({ name, input }: Manifest): TabularInput {
  if (input.kind === 'tabular') return input;
  throw new SennError('unsupported_input', `model "${name}" takes images, so there is no form for it`);
}

/** What the fields hold by name, and the names of those that hold no number. */
function valuesOf(fields: readonly FormField[]): { values: Record<string, number>; wrong: string[] } {
  const read = fields.map((field) => ({ name: field.name, value: field.read() }));
  return {
    values: Object.fromEntries(read.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    wrong: read.flatMap(({ name, value }) => (value === undefined ? [name] : [])),
  };
}
