import { layerRows, refusals, supportedLayers } from './index.ts';
import type { LayerRow } from './layer-row.ts';

/** docs/layers.md, written from the table of layers. */

/** What any layer may need so that its input lies as it wants it. */
export const layoutOperators = ['Identity', 'Reshape', 'Transpose'];

/** What is no layer call of its own. */
export const structure = {
  Functional: 'walked in its place',
  InputLayer: 'an input of the graph',
  Model: 'walked in its place',
  Sequential: 'walked in its place',
} as const satisfies Record<string, string>;

const HEADER = `# Layers

What the exporter makes of every layer that TensorFlow.js 4.22 registers. Besides the operators named here, a layer may
need a Transpose or a Reshape where its input lies otherwise than it wants it. What cannot be written is refused with
the name of the layer and the reason.

Layers of your own take an emitter of your own:

\`\`\`ts
import { type Emitter, layersModelToOnnx } from 'senn-onnx/export';

const emitSquare: Emitter = ({ inputs: [x], scope }) => scope.node('Mul', [x, x], x);
const bytes = layersModelToOnnx(model, { emitters: { Square: emitSquare } });
\`\`\`

This file is written by \`npm run docs:layers\`, and a test holds it against the exporter.
`;

function table(head: readonly [string, string, string], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`.replaceAll('  |', ' |');
  return [line(head), '| --- | --- | --- |', ...rows.map(line)].join('\n');
}

/** `docs/layers.md` */
export function layersTable(): string {
  const code = (name: string) => `\`${name}\``;
  const written = supportedLayers.map((name) => {
    const { operators, note = '' }: LayerRow = layerRows[name];
    return [code(name), operators.join(', '), note];
  });
  const others = Object.entries({ ...structure, ...refusals });
  const refusedRows = others.map(([name, reason]) => [
    code(name),
    Object.hasOwn(refusals, name) ? 'refused' : '',
    reason,
  ]);
  return `${HEADER}\n${table(['layer', 'ONNX operators', 'mind'], [...written, ...refusedRows])}\n`;
}
