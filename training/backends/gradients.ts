import * as tf from '@tensorflow/tfjs';

/**
 * The robustness loss differentiates a gradient, and tfjs 4.22 gets that wrong in two ways (tensorflow/tfjs#3252):
 * a gradient that is computed from the *saved output* of its op is cut off from the op's input, so the second-order
 * term is dropped without an error; and the kernels that only gradients use have no gradient of their own.
 * Here the first kind is registered anew, computed from the saved *input*, and the second kind gets its gradient.
 */

type Gradient = tf.GradConfig;

/** Gradient of an elementwise op by its input, recomputed from the input so that it can be differentiated again. */
function fromInput(
  kernelName: string,
  inputName: string,
  derivative: (dy: tf.Tensor, x: tf.Tensor, attrs: Record<string, unknown>) => tf.Tensor,
): Gradient {
  return {
    kernelName,
    inputsToSave: [inputName],
    gradFunc: (dy, [x], attrs) => ({
      [inputName]: () => derivative(dy as tf.Tensor, x as tf.Tensor, attrs as unknown as Record<string, unknown>),
    }),
  };
}

/** softmax(z), written so that its own gradient goes through ops that keep their inputs. */
function softmaxOf(logits: tf.Tensor, axis: number): tf.Tensor {
  const exponentials = tf.exp(tf.sub(logits, tf.max(logits, axis, true)));
  return tf.div(exponentials, tf.sum(exponentials, axis, true));
}

const fromSavedInputs: Gradient[] = [
  fromInput('Tanh', 'x', (dy, x) => tf.mul(dy, tf.sub(1, tf.square(tf.tanh(x))))),
  fromInput('Sigmoid', 'x', (dy, x) => {
    const y = tf.sigmoid(x);
    return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
  }),
  fromInput('Exp', 'x', (dy, x) => tf.mul(dy, tf.exp(x))),
  fromInput('Elu', 'x', (dy, x) => {
    const positive = tf.step(x);
    const slope = tf.add(positive, tf.mul(tf.sub(1, positive), tf.exp(tf.neg(tf.relu(tf.neg(x))))));
    return tf.mul(dy, slope);
  }),
  fromInput('Softmax', 'logits', (dy, logits, { dim }) => {
    const axis = dim as number;
    const y = softmaxOf(logits, axis < 0 ? logits.rank - 1 : axis);
    const weighted = tf.mul(dy, y);
    return tf.sub(weighted, tf.mul(tf.sum(weighted, axis, true), y));
  }),
];

/** Zeros in float32, whatever the type of the input: tfjs takes no other gradient. */
const zerosFor = (name: string, tensor: tf.Tensor): Record<string, () => tf.Tensor> => ({
  [name]: () => tf.zeros(tensor.shape),
});

/** Comparisons are constant almost everywhere: their gradient is zero, not missing. */
const comparisons: Gradient[] = ['Equal', 'NotEqual', 'Greater', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map(
  (kernelName) => ({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (_dy, [a, b]) => ({ ...zerosFor('a', a as tf.Tensor), ...zerosFor('b', b as tf.Tensor) }),
  }),
);

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
}

const pair = (value: number | [number, number]): [number, number] =>
  typeof value === 'number' ? [value, value] : value;

/** Whether a pooling pads its input. */
const pads = ({ pad }: PoolAttributes): boolean => pad === 'same' || (typeof pad === 'number' && pad !== 0);

/**
 * Average pooling is linear, so the gradient of its gradient is average pooling. With padding tfjs's own first gradient
 * is wrong on WASM, so that is refused.
 */
const averagePoolGrad: Gradient = {
  kernelName: 'AvgPoolGrad',
  inputsToSave: ['input'],
  gradFunc: (ddx, [input], attrs) => {
    const pooling = attrs as unknown as PoolAttributes;
    const { filterSize, strides, pad } = pooling;
    if (pads(pooling)) throw new Error(`second-order gradient of average pooling needs no padding, got ${pad}`);
    return {
      dy: () => tf.avgPool(ddx as tf.Tensor4D, filterSize, strides, pad) as tf.Tensor4D,
      ...zerosFor('input', input as tf.Tensor),
    };
  },
};

/** Repeats each value over its window: `[N, OH, OW, C]` → `[N, OH·kh, OW·kw, C]`. */
function spreadOverWindows(pooled: tf.Tensor4D, [kh, kw]: [number, number]): tf.Tensor4D {
  const [N, OH, OW, C] = pooled.shape;
  return tf.reshape(tf.tile(tf.reshape(pooled, [N, OH, 1, OW, 1, C]), [1, 1, kh, 1, kw, 1]), [N, OH * kh, OW * kw, C]);
}

/**
 * The gradient of max pooling routes `dy` to the argmax of each window, so its own gradient picks `ddx` there:
 * `dDy = avgPool(mask · ddx) · k²`. Windows must not overlap nor pad, and away from ties the mask is exact.
 */
const maxPoolGrad: Gradient = {
  kernelName: 'MaxPoolGrad',
  inputsToSave: ['input', 'output'],
  gradFunc: (ddx, [input, output], attrs) => {
    const { filterSize, strides, pad } = attrs as unknown as PoolAttributes;
    const window = pair(filterSize);
    if (window.join() !== pair(strides).join() || pads(attrs as unknown as PoolAttributes)) {
      throw new Error(
        `second-order gradient of max pooling needs windows [${window}] that do not overlap or pad; strides [${pair(strides)}], pad ${JSON.stringify(pad)}`,
      );
    }
    return {
      dy: () => {
        const [, OH, OW] = (output as tf.Tensor4D).shape;
        const size: [number, number, number, number] = [-1, OH * window[0], OW * window[1], -1];
        const origin: [number, number, number, number] = [0, 0, 0, 0];
        const x = tf.slice(input as tf.Tensor4D, origin, size);
        const mask = tf.cast(tf.equal(x, spreadOverWindows(output as tf.Tensor4D, window)), 'float32');
        const picked = tf.mul(mask, tf.slice(ddx as tf.Tensor4D, origin, size)) as tf.Tensor4D;
        return tf.mul(tf.avgPool(picked, window, window, 'valid'), window[0] * window[1]);
      },
      ...zerosFor('input', input as tf.Tensor),
      ...zerosFor('output', output as tf.Tensor),
    };
  },
};

function replace(gradient: Gradient): void {
  if (tf.getGradient(gradient.kernelName) !== undefined) tf.unregisterGradient(gradient.kernelName);
  tf.registerGradient(gradient);
}

/** Registers every mend. Idempotent; the registry is global to tfjs. */
export function mendGradients(): void {
  for (const gradient of [...fromSavedInputs, ...comparisons, averagePoolGrad, maxPoolGrad]) replace(gradient);
}
