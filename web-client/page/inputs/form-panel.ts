import { SennError } from '../../../core/errors.ts';
import { batchSize, rowOf, type Tensor } from '../../../core/tensor.ts';
import { featuresToTensor } from '../../features.ts';
import { byId, element } from '../dom.ts';
import { createField, type Feature, type FormField } from './form-field.ts';
import { type InputPanel, MAX_EXAMPLES, type Outlet, type Submission } from './submission.ts';

/** The middle of a feature's range, for a model without examples. */
const middle = ({ range: [low, high] }: Feature): number => Math.fround((low + high) / 2);

/** A row of a table: a form with a field for every feature of the manifest, explained as it is changed. */
export function createFormPanel({ submit, withdraw, report }: Outlet): InputPanel {
  const form = byId('features', 'form');
  const group = byId('rows', 'fieldset');
  let listeners = new AbortController();

  const close = (): void => {
    listeners.abort();
    listeners = new AbortController();
    form.replaceChildren();
    for (const button of group.querySelectorAll('button')) button.remove();
    withdraw();
  };

  return {
    open({ name, input }, examples) {
      if (input.kind !== 'tabular') {
        throw new SennError('unsupported_input', `model "${name}" takes images, so there is no form for it`);
      }
      close();
      const rows = Array.from({ length: examples === undefined ? 0 : batchSize(examples) }, (_, n) =>
        Array.from(rowOf(examples as Tensor, n)),
      );
      const fields = input.features.map((feature, f) =>
        createField(
          feature,
          `feature-${f}`,
          rows.map((row) => row[f] as number),
        ),
      );
      const give = (from: Pick<Submission, 'source' | 'name'>): void => {
        const read = valuesOf(fields);
        if (read.wrong.length === 0) {
          submit({ ...from, input: featuresToTensor(read.values, input) });
          return;
        }
        withdraw();
        report(new SennError('invalid_features', `${read.wrong.join(', ')}: must be a number`));
      };
      const take = (row: readonly number[], from: Pick<Submission, 'source' | 'name'>): void => {
        fields.forEach((field, f) => {
          field.show(row[f] as number);
        });
        give(from);
      };
      form.replaceChildren(...fields.map(({ row }) => row));
      form.addEventListener('input', () => give({ source: 'form', name: 'form' }), listeners);
      form.addEventListener('submit', (event) => event.preventDefault(), listeners);
      const buttons = rows.slice(0, MAX_EXAMPLES).map((row, n) => {
        const from = { source: 'example', name: `example ${n + 1}` } as const;
        const button = element('button', { type: 'button', 'aria-label': from.name }, String(n + 1));
        button.addEventListener('click', () => take(row, from));
        return button;
      });
      group.append(...buttons);
      group.hidden = buttons.length === 0;
      const [first] = rows;
      if (first === undefined) take(input.features.map(middle), { source: 'form', name: 'form' });
      else take(first, { source: 'example', name: 'example 1' });
    },
    close,
  };
}

/** What the fields hold by name, and the names of those that hold no number. */
function valuesOf(fields: readonly FormField[]): { values: Record<string, number>; wrong: string[] } {
  const read = fields.map((field) => ({ name: field.name, value: field.read() }));
  return {
    values: Object.fromEntries(read.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    wrong: read.flatMap(({ name, value }) => (value === undefined ? [name] : [])),
  };
}
