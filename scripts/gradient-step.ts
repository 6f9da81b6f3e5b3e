import * as tf from '@tensorflow/tfjs';
import { type BackendChoice, startBackend } from '../training/backends/index.ts';
import { currentRuntime } from '../training/backends/runtime.ts';

/**
 * One real gradient step of a convolutional network on a backend, held against finite differences:
 *
 *     node --import tsx scripts/gradient-step.ts tfjs-node
 *
 * prints what ran, where and how long a step took. The exit code is 1, and the reason on standard error, where the
 * backend does not start or its gradient is wrong.
 */

const BATCH = 64;
const CLASSES = 10;
const TIMED_STEPS = 5;
const LEARNING_RATE = 0.005;
/** Half the distance between the two points of a difference: large enough for float32, small against the curvature. */
const REACH = 1e-2;
/** Largest relative difference between the two slopes; what float32 and the curvature leave is a tenth of it. */
const TOLERANCE = 1e-2;

/** Convolution 5 × 5, softplus, dense, and the cross-entropy on one batch. */
function network(): { loss: () => tf.Scalar; weights: tf.Variable[] } {
  const images = tf.randomUniform<tf.Rank.R4>([BATCH, 14, 14, 1], 0, 1, 'float32', 1);
  const labels = tf.oneHot(
    Int32Array.from({ length: BATCH }, (_, i) => i % CLASSES),
    CLASSES,
  );
  const kernel = tf.variable(tf.randomNormal<tf.Rank.R4>([5, 5, 1, 8], 0, 0.2, 'float32', 2));
  const dense = tf.variable(tf.randomNormal<tf.Rank.R2>([10 * 10 * 8, CLASSES], 0, 0.03, 'float32', 3));
  const loss = () => {
    const features = tf.softplus(tf.conv2d(images, kernel as tf.Tensor4D, 1, 'valid'));
    const logits = tf.matMul(tf.reshape(features, [BATCH, -1]), dense as tf.Tensor2D);
    return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
  };
  return { loss, weights: [kernel, dense] };
}

const numberOf = (scalar: tf.Scalar): number => scalar.dataSync()[0] as number;

/**
 * Slopes of the loss along its own gradient, by one variable: from the tape, which is the gradient's norm, and from a
 * central difference.
 */
function slopes(loss: () => tf.Scalar, weight: tf.Variable): { tape: number; difference: number } {
  const gradient = tf.variableGrads(loss, [weight]).grads[weight.name] as tf.Tensor;
  const tape = numberOf(tf.norm(gradient) as tf.Scalar);
  const origin = tf.clone(weight);
  const at = (distance: number): number => {
    weight.assign(tf.add(origin, tf.mul(gradient, distance / tape)));
    return numberOf(loss());
  };
  const difference = (at(REACH) - at(-REACH)) / (2 * REACH);
  weight.assign(origin);
  return { tape, difference };
}

/** @returns milliseconds of the fastest of a few steps, the first of which warms up */
function stepMilliseconds(loss: () => tf.Scalar): number {
  const optimizer = tf.train.sgd(LEARNING_RATE);
  const times = Array.from({ length: 1 + TIMED_STEPS }, () => {
    const start = performance.now();
    numberOf(optimizer.minimize(loss, true) as tf.Scalar);
    return performance.now() - start;
  });
  return Math.min(...times);
}

async function main(choice: BackendChoice): Promise<string> {
  const backend = await startBackend(choice);
  const { loss, weights } = network();
  const errors = weights.map((weight) => {
    const { tape, difference } = slopes(loss, weight);
    const error = Math.abs(tape - difference) / Math.abs(difference);
    if (!(error <= TOLERANCE)) {
      throw new Error(
        `${backend}: slope along the gradient by weights [${weight.shape}] is ${tape} on the tape, ${difference} by finite differences`,
      );
    }
    return error;
  });
  const before = numberOf(loss());
  const milliseconds = stepMilliseconds(loss);
  const after = numberOf(loss());
  if (!(after < before)) throw new Error(`${backend}: the loss went from ${before} to ${after} over gradient steps`);
  const { name, device } = currentRuntime();
  return (
    `${backend}: ${name} on the ${device}, Node ${process.versions.node}; a gradient step takes ` +
    `${milliseconds.toFixed(1)} ms; the gradient is within ${Math.max(...errors).toExponential(0)} of finite differences`
  );
}

main((process.argv[2] ?? 'auto') as BackendChoice).then(console.log, (error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
