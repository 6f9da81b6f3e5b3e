import type * as tfl from '@tensorflow/tfjs-layers';
import { normalizationOf, normalizedAxis } from '../../emitters/normalization/batch-normalization.ts';
import { positiveAxis } from '../../graph/value.ts';
import { isModel, type Layer, type Weight, weightOf } from '../../layers-model/layer.ts';
import type { Replacements } from './replacements.ts';

/** The weight whose channels of the output make the sum, and how many of its axes come behind these. */
interface Kernel {
  readonly weight: string;
  readonly behind: 0 | 1;
}
const last = { weight: 'kernel', behind: 0 } as const satisfies Kernel;

/**
 * Layers that are linear in a kernel; a depthwise one has its output's channels over its last two axes. (Over volumes
 * tfjs 4.22 has no BatchNormalization.)
 */
const kernels: Readonly<Record<string, Kernel>> = {
  Conv1D: last,
  Conv2D: last,
  Conv2DTranspose: { weight: 'kernel', behind: 1 },
  Dense: last,
  DepthwiseConv2D: { weight: 'depthwise_kernel', behind: 0 },
  SeparableConv2D: { weight: 'pointwise_kernel', behind: 0 },
};

/** The layer whose output a BatchNormalization alone takes, along its channels, and which may therefore take it in. */
function takerOf(model: tfl.LayersModel, normalization: Layer): Layer | undefined {
  const [call, ...others] = normalization.inboundNodes;
  const [tensor] = call?.inputTensors ?? [];
  if (call === undefined || tensor === undefined || others.length > 0) return undefined;
  const layer = tensor.sourceLayer;
  if (!Object.hasOwn(kernels, layer.getClassName()) || !model.layers.includes(layer)) return undefined;
  const { activation, dataFormat } = layer.getConfig();
  const shape = tensor.shape.slice(1) as number[];
  const channels = dataFormat === 'channelsFirst' ? 1 : shape.length;
  const axis = positiveAxis({ shape }, normalizedAxis(normalization));
  const alone = layer.inboundNodes.length === 1 && layer.outboundNodes.length === 1 && !model.outputs.includes(tensor);
  return alone && activation === 'linear' && axis === channels ? layer : undefined;
}

/** y = factor·(W∗x + b) + offset = (factor·W)∗x + (factor·b + offset), factor and offset by channel of the output. */
function taking(layer: Layer, normalization: Layer): Layer {
  const { weight, behind } = kernels[layer.getClassName()] as Kernel;
  const { factor, offset } = normalizationOf(normalization);
  const kernel = weightOf(layer, weight);
  const repeats = behind === 1 ? (kernel.shape.at(-1) as number) : 1;
  const C = factor.length;
  const data = kernel.data.map((value, i) => value * (factor[Math.floor(i / repeats) % C] as number));
  const bias = layer.getConfig()['useBias'] ? weightOf(layer, 'bias').data : new Float32Array(C);
  const shifted = offset.map((value, c) => (factor[c] as number) * (bias[c] as number) + value);
  const variable = (originalName: string, { shape, data: values }: Weight) => ({
    originalName,
    read: () => ({ shape, dataSync: () => values }),
  });
  const changed = [variable(weight, { shape: kernel.shape, data }), variable('bias', { shape: [C], data: shifted })];
  return Object.create(layer, {
    // The first of a name is the one that is found.
    weights: { value: [...changed, ...layer.weights] },
    getConfig: { value: () => ({ ...layer.getConfig(), useBias: true }) },
  });
}

/**
 * Takes every BatchNormalization into the convolution or Dense before it, where nothing else reads that layer, also
 * within models inside the model. It works on layers and not on the graph: there the kernels are moved into ONNX's order
 * already, and may be written to a file of their own.
 * Law: the same function up to rounding, in one node fewer for each that is taken in.
 */
export function foldBatchNormalization(model: tfl.LayersModel): Replacements {
  const found = new Map<Layer, Layer | undefined>();
  const search = (within: tfl.LayersModel): void => {
    for (const layer of within.layers) {
      if (isModel(layer)) search(layer);
      const taker = layer.getClassName() === 'BatchNormalization' ? takerOf(within, layer) : undefined;
      if (taker === undefined) continue;
      found.set(taker, taking(taker, layer));
      found.set(layer, undefined);
    }
  };
  search(model);
  return found;
}
