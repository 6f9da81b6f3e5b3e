import { removalNames } from '../../core/metrics/comparison/index.ts';
import { percent } from '../../core/text/format.ts';
import { compared, comparedNames } from './explanations.ts';
import type { Figure, Row } from './figures.ts';

/** The comparison as tables in Markdown, for people and for the README. */

/** A model, over its seeds. */
export interface Result {
  readonly model: string;
  readonly variant: string;
  readonly seeds: readonly number[];
  readonly accuracy: number;
  /** Test inputs, and those whose neighbourhoods were looked at. */
  readonly count: number;
  readonly near: number;
  readonly faithfulness: Row;
  readonly 'faithfulness.input': Row;
  readonly sensitivity: Row;
  readonly lipschitz: Row;
}

/** Without the zero before the point. */
const digits = (value: number, places: number): string =>
  value
    .toFixed(places)
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−');

const shown = (figure: Figure | undefined): string =>
  figure === undefined ? '–' : digits(figure.mean, figure.mean < 100 ? 2 : 0);

/** A difference with its interval. */
const within = (figure: Figure | undefined): string => {
  if (figure === undefined) return '–';
  const { mean, interval = [] } = figure;
  const [own, ...bounds] = [mean, ...interval].map((value) => digits(value, 3));
  return bounds.length === 0 ? String(own) : `${own} (${bounds.join(' to ')})`;
};

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function tableOf(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [lineOf(titles), lineOf(titles.map(() => '---')), ...rows.map(lineOf)];
}

const called = ({ model, variant }: Result): string => (variant === 'closed' ? model : `${model}, ${variant}`);
const names = comparedNames.map((name) => compared[name]);
const cellsOf = ({ figures }: Row): string[] => comparedNames.map((name) => shown(figures[name]));
const hasAny = ({ figures }: Row): boolean => Object.keys(figures).length > 1;

/** One row a model and removal; higher is better. */
function faithfulness(results: readonly Result[]): string[] {
  const rows = results.flatMap((result) =>
    (['faithfulness', 'faithfulness.input'] as const)
      .filter((metric) => hasAny(result[metric]))
      .map((metric) => [
        called(result),
        removalNames[metric],
        ...cellsOf(result[metric]),
        within(result[metric].less.lime),
        within(result[metric].less['kernel-shap']),
      ]),
  );
  return rows.length === 0
    ? []
    : [
        'Faithfulness (higher is better)',
        '',
        ...tableOf(['model', 'removal', ...names, 'SENN less LIME', 'SENN less SHAP'], rows),
        '',
      ];
}

/** One row a model; lower is better. */
function stability(results: readonly Result[], metric: 'sensitivity' | 'lipschitz', title: string): string[] {
  return [
    title,
    '',
    ...tableOf(
      ['model', ...names],
      results.map((one) => [called(one), ...cellsOf(one[metric])]),
    ),
    '',
  ];
}

/** The whole comparison. */
export function textOf(results: readonly Result[]): string {
  const models = results.map((one) => [
    called(one),
    percent(one.accuracy),
    one.variant === 'shipped' ? '–' : one.seeds.join(', '),
    String(one.count),
    String(one.near),
  ]);
  return [
    ...tableOf(['model', 'test accuracy', 'seeds', 'inputs explained', 'neighbourhoods'], models),
    '',
    ...faithfulness(results),
    ...stability(
      results,
      'sensitivity',
      'Largest change of an explanation within .1, as a share of it (lower is better)',
    ),
    ...stability(results, 'lipschitz', 'The same for the change of the input, in units of each explanation'),
  ]
    .join('\n')
    .trimEnd();
}
