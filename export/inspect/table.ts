import type { OnnxValue } from '../onnx/read-onnx.ts';
import type { Summary } from './summary.ts';

/** The summary of an `.onnx` file as text. */

interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Figures stand right, names left. */
  readonly right?: true;
}

const figure = (value: number | null): string => (value === null ? '?' : value.toLocaleString('en'));
const sizes = (dims: OnnxValue['dims']): string => (dims === undefined ? '?' : `[${dims.join(', ')}]`);

/** Rows as aligned text under a line of titles. */
function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => (cells[i] as string).length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, i) => (columns[i]?.right ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

interface Costs {
  readonly parameters: number;
  readonly flops: number | null;
}
const costs: readonly Column<Costs>[] = [
  { title: 'parameters', cell: ({ parameters }) => figure(parameters), right: true },
  { title: 'FLOPs', cell: ({ flops }) => figure(flops), right: true },
];

const ports: readonly Column<OnnxValue & { readonly port: string }>[] = [
  { title: 'port', cell: ({ port }) => port },
  { title: 'name', cell: ({ name }) => name },
  { title: 'type', cell: ({ type }) => type },
  { title: 'shape', cell: ({ dims }) => sizes(dims) },
];

const nodeColumns: readonly Column<Summary['nodes'][number]>[] = [
  { title: 'node', cell: ({ name }) => name },
  { title: 'operator', cell: ({ opType }) => opType },
  { title: 'output', cell: ({ dims }) => sizes(dims) },
  ...costs,
];

const operatorColumns: readonly Column<Omit<Summary['operators'][number], 'flops'> & Costs>[] = [
  { title: 'operator', cell: ({ opType }) => opType },
  { title: 'count', cell: ({ count }) => figure(count), right: true },
  ...costs,
];

/** The summary as text: what goes in and out, node by node, and by operator. FLOPs are those of one sample. */
export function summaryText(summary: Summary): string {
  const { name, producer, irVersion, opsets, nodes, operators, parameters, flops, uncounted, externalFiles } = summary;
  const versions = Object.entries(opsets).map(([domain, version]) => `opset ${domain && `${domain} `}${version}`);
  const values = [
    ...summary.inputs.map((value) => ({ ...value, port: 'input' })),
    ...summary.outputs.map((value) => ({ ...value, port: 'output' })),
  ];
  const total = { opType: 'total', count: nodes.length, parameters, flops };
  return [
    `${[name, producer, `IR ${irVersion}`, ...versions].filter(Boolean).join(', ')}\n`,
    `${table(ports, values)}\n`,
    `${table(nodeColumns, nodes)}\n`,
    table(operatorColumns, [...operators, total]),
    ...(summary.samples > 1 ? [`a run takes ${summary.samples} samples; FLOPs are those of one`] : []),
    ...(uncounted.length > 0 ? [`not counted in FLOPs: ${uncounted.join(', ')}`] : []),
    ...(externalFiles.length > 0 ? [`weights in ${externalFiles.join(', ')}`] : []),
  ].join('\n');
}
