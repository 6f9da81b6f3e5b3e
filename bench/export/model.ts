import * as tf from '@tensorflow/tfjs';

/** The model that `bench:export` exports: convolutions of any width. */

/** Channels of the images; each convolution has 9·width² weights. */
const IMAGE = [8, 8, 3];
const CONVOLUTIONS = 8;

/**
 * A convolutional classifier of about so many parameters, most of them in eight equal 3×3 convolutions and none in
 * common: every kernel must be read, turned to ONNX's order of axes, and compared with its likes.
 */
export function createModel(parameters: number): tf.LayersModel {
  const width = Math.max(Math.round(Math.sqrt(parameters / (9 * CONVOLUTIONS))), 2);
  const inputs = tf.input({ shape: IMAGE });
  const kernelInitializer = (seed: number) => tf.initializers.randomUniform({ minval: -0.1, maxval: 0.1, seed });
  const convolution = (i: number) =>
    tf.layers.conv2d({
      name: `conv${i}`,
      filters: width,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: kernelInitializer(i),
    });
  const layers = Array.from({ length: CONVOLUTIONS + 1 }, (_, i) => convolution(i));
  const trunk = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, inputs);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(trunk);
  const outputs = tf.layers.dense({ name: 'head', units: 10, kernelInitializer: kernelInitializer(99) }).apply(pooled);
  return tf.model({ name: 'bench', inputs, outputs: outputs as tf.SymbolicTensor });
}
