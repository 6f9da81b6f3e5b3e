import { layerRows, refusals, supportedLayers } from './index.ts';
import type { LayerRow } from './layer-row.ts';

/** docs/layers.md, written from the table of layers. */

/** What any layer may need so that its input lies as it wants it, in the element type that it takes. */
export const layoutOperators = ['Cast', 'Concat', 'Identity', 'Reshape', 'Shape', 'Transpose'];

/** What is no layer call of its own. */
export const structure = {
  Functional: 'walked in its place',
  InputLayer: 'an input of the graph',
  Model: 'walked in its place',
  Sequential: 'walked in its place',
} as const satisfies Record<string, string>;

const HEADER = `# Layers

What the exporter makes of every layer that TensorFlow.js 4.22 registers. Besides the operators named here, a layer may
need a Transpose or a Reshape where its input lies otherwise than it wants it, and a Cast where that has elements of
another type. What cannot be written is refused with the name of the layer and the reason.

Layers of your own take an emitter of your own:

\`\`\`ts
import { type Emitter, layersModelToOnnx } from 'senn-onnx/export';

const emitSquare: Emitter = ({ inputs: [x], scope }) => scope.node('Mul', [x, x], x);
const bytes = layersModelToOnnx(model, { emitters: { Square: emitSquare } });
\`\`\`

It is given float32; one that takes whole numbers as they are says so, \`{ emit: emitSquare, takes: ['float32', 'int32'] }\`.
What is no float32 is declared in its form (\`{ shape, layout, type: 'int64' }\` of an ArgMax) and becomes what TensorFlow.js
has there, int32 or bool; an operator that gives another type than it is declared to is refused.

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
