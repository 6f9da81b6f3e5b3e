/**
 * Exports a model with a layer that TensorFlow.js does not have. An emitter is a function from a layer to ONNX nodes:
 *
 *     node examples/custom-layer.mjs OUT.onnx
 */
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { layersModelToOnnx } from 'senn-onnx/export';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node examples/custom-layer.mjs OUT.onnx');

/** x to the power of a number. */
class Power extends tf.layers.Layer {
  static className = 'Power';

  constructor({ exponent, ...rest }) {
    super(rest);
    this.exponent = exponent;
  }

  call(inputs) {
    return tf.pow([inputs].flat()[0], this.exponent);
  }

  getConfig() {
    return { ...super.getConfig(), exponent: this.exponent };
  }
}
tf.serialization.registerClass(Power);

/** One `Pow` node and its exponent as an initializer; the result has the shape and the layout of the input. */
const emitPower = ({ layer, inputs: [x], scope }) =>
  scope.node('Pow', [x, scope.float32('exponent', [], [layer.exponent])], x);

const model = tf.sequential({
  layers: [tf.layers.dense({ units: 3, inputShape: [4], activation: 'relu' }), new Power({ exponent: 2 })],
});
const bytes = layersModelToOnnx(model, { emitters: { Power: emitPower } });
writeFileSync(out, bytes);
console.log(`${out}: ${bytes.length} bytes`);
