import { refusals, type SupportedLayer } from '../emitters/index.ts';

/** How a layer is written: the operators it may become, and what is particular. */
interface Mapping {
  readonly operators: readonly string[];
  readonly note?: string;
}

const none: Mapping = { operators: [], note: 'nothing: it passes its input on in evaluation' };
const activated = ', then its activation';

/** What `Activation` and the activations of other layers become. */
export const activationOperators = [
  'Add',
  'Clip',
  'Div',
  'Elu',
  'Erf',
  'HardSigmoid',
  'LogSoftmax',
  'Mul',
  'Relu',
  'Selu',
  'Sigmoid',
  'Softmax',
  'Softplus',
  'Softsign',
  'Tanh',
];

/** A row for each emitter, held by a test: these operators and no others, besides those of `layoutOperators`. */
export const mappings = {
  Activation: { operators: activationOperators, note: 'one operator, or the composition of its definition' },
  Add: { operators: ['Add'] },
  AlphaDropout: none,
  Average: { operators: ['Mean'] },
  AveragePooling1D: { operators: ['AveragePool'], note: 'the padding does not count' },
  AveragePooling2D: { operators: ['AveragePool'], note: 'the padding does not count' },
  AveragePooling3D: { operators: ['AveragePool'], note: 'the padding does not count' },
  BatchNormalization: {
    operators: ['BatchNormalization', 'Mul', 'Add'],
    note: 'Mul and Add where the axis is not that of the channels; there it is the definition, which tfjs 4.22 misses',
  },
  Bidirectional: {
    operators: ['RNN', 'GRU', 'LSTM', 'ReduceSum', 'ReduceMean', 'ReduceProd', 'Gather', 'Unsqueeze', 'Concat'],
    note: 'one node for both directions; refused around a layer that goes backwards itself',
  },
  CategoryEncoding: {
    operators: ['Cast', 'OneHot', 'ReduceMax', 'ReduceSum'],
    note: 'multiHot, count, oneHot of `[n]` tokens; refused right behind the input, whose shape tfjs 4.22 overwrites',
  },
  CenterCrop: {
    operators: ['Slice', 'Resize', 'Shape', 'Concat'],
    note: 'Resize where the image is too small, as for Resizing; refused right behind the input, whose shape tfjs 4.22 overwrites',
  },
  Concatenate: { operators: ['Concat'], note: 'refused along the batch' },
  Conv1D: { operators: ['Conv'], note: `any stride and dilation${activated}; refused with channels first` },
  Conv2D: { operators: ['Conv'], note: `any stride and dilation${activated}` },
  Conv2DTranspose: { operators: ['ConvTranspose'], note: `explicit padding and output padding${activated}` },
  Conv3D: { operators: ['Conv'], note: `any stride and dilation${activated}` },
  Conv3DTranspose: { operators: ['ConvTranspose'], note: `explicit padding and output padding${activated}` },
  ConvLSTM2D: {
    operators: ['Conv', 'Gather', 'Add', 'Split', 'Mul', 'Unsqueeze', 'Concat'],
    note: 'its steps written out, with their activations',
  },
  Cropping2D: { operators: ['Slice'] },
  Dense: { operators: ['Gemm', 'MatMul', 'Add'], note: `Gemm for vectors${activated}` },
  DepthwiseConv2D: { operators: ['Conv'], note: `a group for each channel${activated}; tfjs ignores a dilation` },
  Dot: { operators: ['MatMul', 'Mul', 'ReduceSum', 'Max', 'Sqrt', 'Div'], note: 'Div and what it needs to normalize' },
  Dropout: none,
  ELU: { operators: ['Elu'] },
  Embedding: { operators: ['Cast', 'Gather'], note: 'the input is float32, as every input' },
  FeatureScaling: {
    operators: ['Add', 'Div', 'Mul', 'Relu', 'Sqrt', 'Sub', 'Where'],
    note: 'a layer of this project; only the operators that its features need',
  },
  Flatten: { operators: [], note: 'elements in the order of tfjs' },
  GRU: { operators: ['GRU', 'Squeeze', 'Slice', 'Unsqueeze'], note: 'with initial states, state outputs, backwards' },
  GaussianDropout: none,
  GaussianNoise: none,
  GlobalAveragePooling1D: { operators: ['ReduceMean'] },
  GlobalAveragePooling2D: { operators: ['ReduceMean'] },
  GlobalMaxPooling1D: { operators: ['ReduceMax'] },
  GlobalMaxPooling2D: { operators: ['ReduceMax'] },
  LSTM: { operators: ['LSTM', 'Squeeze', 'Slice', 'Unsqueeze'], note: 'with initial states, state outputs, backwards' },
  LayerNormalization: {
    operators: ['LayerNormalization', 'ReduceMean', 'Sub', 'Mul', 'Add', 'Sqrt', 'Div'],
    note: 'one operator over trailing axes, composed over others',
  },
  LeakyReLU: { operators: ['LeakyRelu'] },
  Masking: {
    operators: ['Equal', 'Not', 'Cast', 'ReduceMax', 'Mul'],
    note: 'zeros out; refused in one model with a layer that reads masks (recurrent layers, Softmax)',
  },
  MaxPooling1D: { operators: ['MaxPool'] },
  MaxPooling2D: { operators: ['MaxPool'] },
  MaxPooling3D: { operators: ['MaxPool'] },
  Maximum: { operators: ['Max'] },
  Minimum: { operators: ['Min'] },
  Multiply: { operators: ['Mul'] },
  PReLU: { operators: ['PRelu'], note: 'the slopes lie as the input does' },
  Permute: { operators: [], note: 'nothing moves where one of the two layouts has it so already' },
  PrototypeSimilarity: {
    operators: ['Mul', 'ReduceSum', 'Gemm', 'Add', 'Relu', 'Neg'],
    note: 'a layer of this project: squared distances by one matrix product',
  },
  RNN: {
    operators: ['RNN', 'GRU', 'LSTM', 'Squeeze', 'Slice', 'Unsqueeze'],
    note: 'of one of the three cells or a stack',
  },
  ReLU: { operators: ['Relu', 'Clip'] },
  RepeatVector: { operators: ['Expand'] },
  Rescaling: { operators: ['Mul', 'Add'] },
  Reshape: { operators: [] },
  Resizing: {
    operators: ['Resize', 'Gather', 'Shape', 'Concat'],
    note: 'Gather for the nearest pixels; Shape and Concat below opset 18',
  },
  SeparableConv2D: { operators: ['Conv'], note: `one channel by channel, one over channels${activated}` },
  SimpleRNN: {
    operators: ['RNN', 'Squeeze', 'Slice', 'Unsqueeze'],
    note: 'with initial states, state outputs, backwards',
  },
  Softmax: { operators: ['Softmax', 'ReduceLogSumExp', 'Sub', 'Exp'], note: 'composed over several axes together' },
  SpatialDropout1D: none,
  StaticRelevances: {
    operators: ['Shape', 'Concat', 'Expand'],
    note: 'a layer of this project: of its input it takes the batch only',
  },
  ThresholdedReLU: { operators: ['ThresholdedRelu'] },
  TimeDistributed: { operators: [], note: 'the inner layer, or model, on batch × time' },
  UpSampling2D: { operators: ['Resize'] },
  ZeroPadding2D: { operators: ['Pad'] },
} as const satisfies Record<SupportedLayer, Mapping>;

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
  const written = Object.entries<Mapping>(mappings).map(([name, { operators, note = '' }]) => [
    code(name),
    operators.join(', '),
    note,
  ]);
  const others = Object.entries({ ...structure, ...refusals });
  const refusedRows = others.map(([name, reason]) => [
    code(name),
    Object.hasOwn(refusals, name) ? 'refused' : '',
    reason,
  ]);
  return `${HEADER}\n${table(['layer', 'ONNX operators', 'mind'], [...written, ...refusedRows])}\n`;
}
