import { SennError } from '../../../core/errors.ts';
import type { LoadedBatch, Unusable } from '../../../core/scoring/source.ts';
import { sizeOf, type Tensor } from '../../../core/tensor.ts';

/** What files and folders of the user's own have in common when they are scored: labels, and inputs that cannot be. */

/** The column that may tell the class of a row, by its name. */
export const LABEL = 'label';

/** Bytes of a file that is read whole. */
export const MAX_BYTES = 2 ** 31 - 1;

/** An input as it was found: its values and its class, or why it cannot be scored. */
export interface Found {
  /** Where it stands, as `rows.csv, line 7`. */
  readonly where: string;
  readonly values?: ArrayLike<number>;
  /** Name of its class, of a set that tells them. */
  readonly label?: string | undefined;
  /** Why it cannot be scored. */
  readonly reason?: string;
}

const labelRule = (label: string | undefined, classes: readonly string[]): string =>
  `its label ${label === undefined ? 'is missing' : JSON.stringify(label.slice(0, 100))}; it must be one of ${classes.slice(0, 20).join(', ')}`;

/**
 * A batch of what was found: inputs whose values are not finite, or whose label is no class, are listed and left out.
 * @param start place in the set of the first
 * @param shape of an input
 * @param classes where labels are told
 */
export function batchOf(
  found: readonly Found[],
  start: number,
  shape: readonly number[],
  classes: readonly string[] | undefined,
): LoadedBatch {
  const width = sizeOf(shape);
  const unusable: Unusable[] = [];
  const rows: number[] = [];
  const labels: number[] = [];
  const data = new Float32Array(found.length * width);
  found.forEach(({ where, values, label, reason }, i) => {
    const known = classes === undefined ? 0 : classes.indexOf(label ?? '');
    const fault =
      reason ??
      (values?.length === width ? undefined : `has ${values?.length ?? 0} values; it must have ${width}`) ??
      (known === -1 ? labelRule(label, classes as readonly string[]) : undefined);
    if (fault !== undefined) {
      unusable.push({ index: start + i, where, reason: fault });
      return;
    }
    const at = rows.length * width;
    data.set(values as ArrayLike<number>, at);
    const odd = data.subarray(at, at + width).findIndex((value) => !Number.isFinite(value));
    if (odd !== -1) {
      unusable.push({
        index: start + i,
        where,
        reason: `value ${odd} is ${data[at + odd]}; every value must be finite`,
      });
      return;
    }
    rows.push(start + i);
    labels.push(known);
  });
  const input: Tensor = { shape: [rows.length, ...shape], data: data.subarray(0, rows.length * width) };
  return {
    rows: Int32Array.from(rows),
    input,
    ...(classes !== undefined && { labels: Int32Array.from(labels) }),
    unusable,
  };
}

/**
 * Which columns are the model's features, and which tells the class.
 * @throws unsupported_input unless the columns are the features, each once, and perhaps `label`
 */
export function columnsOf(
  path: string,
  columns: readonly string[],
  features: readonly string[],
): { readonly places: readonly number[]; readonly labelAt: number } {
  const missing = features.filter((feature) => !columns.includes(feature));
  const unknown = columns.filter((column) => column !== LABEL && !features.includes(column));
  if (missing.length > 0 || unknown.length > 0) {
    const faults = [
      ...(missing.length > 0 ? [`has no column ${missing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`has unknown columns ${unknown.join(', ')}`] : []),
    ];
    throw new SennError(
      'unsupported_input',
      `${path}: ${faults.join('; ')}; the model takes ${features.join(', ')}, and a column "${LABEL}" may tell the class`,
      { missing, unknown, expected: features },
    );
  }
  return {
    places: features.map((feature) => columns.indexOf(feature)),
    labelAt: features.includes(LABEL) ? -1 : columns.indexOf(LABEL),
  };
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Cells as the numbers of an input, or why they are none. */
export function numbersOf(
  cells: readonly string[],
  places: readonly number[],
  features: readonly string[],
): Pick<Found, 'values' | 'reason'> {
  const values: number[] = [];
  for (const [f, at] of places.entries()) {
    const cell = cells[at] ?? '';
    const value = decimal.test(cell) ? Math.fround(Number(cell)) : Number.NaN;
    if (!Number.isFinite(value)) {
      const told = JSON.stringify(cell.slice(0, 100));
      return { reason: `column "${features[f]}" must be a decimal number within float32, got ${told}` };
    }
    values.push(value);
  }
  return { values };
}
