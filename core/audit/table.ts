import type { Audit } from '../manifest.ts';

/** The figures of an audit as rows for reading: each with those that it must be read beside. */

export interface AuditRow {
  readonly name: string;
  /** `null` where the metric has no value for the model or the set. */
  readonly value: number | null;
  /** What stands beside it: `leak.permuted.floor` as `floor`, `promise.error` as `error`. */
  readonly beside: readonly (readonly [name: string, value: number | null])[];
}

/** A figure whose name goes on after that of another stands beside it; the others have a row each, in their order. */
export function auditRows({ figures }: Pick<Audit, 'figures'>): AuditRow[] {
  const names = Object.keys(figures);
  const parentOf = (name: string): string | undefined =>
    names.filter((other) => name.startsWith(`${other}.`)).sort((a, b) => b.length - a.length)[0];
  const rootOf = (name: string): string => {
    const parent = parentOf(name);
    return parent === undefined ? name : rootOf(parent);
  };
  return names
    .filter((name) => parentOf(name) === undefined)
    .map((root) => ({
      name: root,
      value: figures[root] ?? null,
      beside: names
        .filter((name) => name !== root && rootOf(name) === root)
        .map((name) => [name.slice(root.length + 1), figures[name] ?? null] as const),
    }));
}

/** Four significant digits at most; a dash where there is no value. */
export const figureText = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(4)));

/** What stands beside a figure, in a line. */
export const besideText = ({ beside }: AuditRow): string =>
  beside.map(([name, value]) => `${name} ${figureText(value)}`).join(', ');
