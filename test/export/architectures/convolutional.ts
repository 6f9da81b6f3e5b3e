import * as tfl from '@tensorflow/tfjs-layers';
import type { Layer, Symbolic } from '../cases/case.ts';

/** Published image networks in tfjs-layers, with few channels and small images: their graphs, not their sizes. */

const { layers } = tfl;
type Block = (x: Symbolic) => Symbolic;

const then = (...steps: readonly (Layer | Block)[]): Block => {
  const apply = (x: Symbolic, step: Layer | Block) =>
    typeof step === 'function' ? step(x) : (step.apply(x) as Symbolic);
  return (x) => steps.reduce(apply, x);
};
const network = (name: string, shape: number[], body: Block): tfl.LayersModel => {
  const inputs = tfl.input({ shape });
  return tfl.model({ name, inputs, outputs: body(inputs) });
};
const add = (a: Symbolic, b: Symbolic) => layers.add().apply([a, b]) as Symbolic;
const relu = () => layers.reLU();
const relu6 = () => layers.reLU({ maxValue: 6 });

/** Convolution without a bias, normalized. */
const convBn = (filters: number, kernelSize: number, strides = 1): Block =>
  then(layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }), layers.batchNormalization({}));
const depthwiseBn = (strides: number): Block =>
  then(
    layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false, depthMultiplier: 1 }),
    layers.batchNormalization({}),
  );

/** LeNet-5 (LeCun et al. 1998), with tanh and average pooling. */
export const leNet = () =>
  network(
    'LeNet-5',
    [28, 28, 1],
    then(
      layers.conv2d({ filters: 6, kernelSize: 5, padding: 'same', activation: 'tanh' }),
      layers.averagePooling2d({ poolSize: 2, strides: 2 }),
      layers.conv2d({ filters: 16, kernelSize: 5, activation: 'tanh' }),
      layers.averagePooling2d({ poolSize: 2, strides: 2 }),
      layers.flatten(),
      layers.dense({ units: 120, activation: 'tanh' }),
      layers.dense({ units: 84, activation: 'tanh' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ),
  );

/** A block of ResNet (He et al. 2016, arXiv 1512.03385); where the size changes, a 1×1 convolution on the way around. */
const residualBlock =
  (filters: number, strides: number): Block =>
  (x) => {
    const body = then(convBn(filters, 3, strides), relu(), convBn(filters, 3))(x);
    const around = strides === 1 && x.shape.at(-1) === filters ? x : convBn(filters, 1, strides)(x);
    return then(relu())(add(body, around));
  };

export const residual = () => network('a residual block', [8, 8, 3], then(residualBlock(4, 2), residualBlock(4, 1)));

/** ResNet-20 for CIFAR: three stages of three blocks. */
export const resNet20 = () =>
  network(
    'ResNet-20',
    [16, 16, 3],
    then(
      convBn(4, 3),
      relu(),
      ...[4, 8, 16].flatMap((filters, stage) =>
        [0, 1, 2].map((block) => residualBlock(filters, stage > 0 && block === 0 ? 2 : 1)),
      ),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 10, activation: 'softmax' }),
    ),
  );

/** Depthwise separable blocks of MobileNet v1 (Howard et al. 2017, arXiv 1704.04861). */
export const mobileNetV1 = () => {
  const block = (filters: number, strides: number) => then(depthwiseBn(strides), relu6(), convBn(filters, 1), relu6());
  return network('MobileNet v1', [16, 16, 3], then(convBn(4, 3, 2), relu6(), block(8, 1), block(12, 2)));
};

/** Inverted residuals of MobileNet v2 (Sandler et al. 2018, arXiv 1801.04381). */
export const mobileNetV2 = () => {
  const block =
    (filters: number, strides: number, expansion: number): Block =>
    (x) => {
      const channels = x.shape.at(-1) as number;
      const wide = then(convBn(channels * expansion, 1), relu6(), depthwiseBn(strides), relu6());
      const y = then(wide, convBn(filters, 1))(x);
      return strides === 1 && channels === filters ? add(x, y) : y;
    };
  return network('MobileNet v2', [16, 16, 3], then(convBn(4, 3, 2), relu6(), block(6, 2, 3), block(6, 1, 3)));
};

/** U-Net (Ronneberger et al. 2015, arXiv 1505.04597) of two levels. */
export const uNet = () => {
  const double = (filters: number) => {
    const conv = () => layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
    return then(conv(), conv());
  };
  const up = (filters: number) =>
    layers.conv2dTranspose({ filters, kernelSize: 2, strides: 2, padding: 'same', activation: 'relu' });
  const level =
    (filters: number, below: Block): Block =>
    (x) => {
      const left = double(filters)(x);
      const lower = then(layers.maxPooling2d({ poolSize: 2 }), below, up(filters))(left);
      return double(filters)(layers.concatenate().apply([left, lower]) as Symbolic);
    };
  const head = layers.conv2d({ filters: 2, kernelSize: 1, activation: 'softmax' });
  return network('U-Net', [16, 16, 3], then(level(4, level(6, double(8))), head));
};
