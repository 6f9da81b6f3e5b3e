import * as tf from '@tensorflow/tfjs';

/** The moments of Adam and its powers of β, bit by bit: named float32 tensors, one after the other. */
export interface OptimizerState {
  readonly specs: tf.io.WeightsManifestEntry[];
  readonly data: ArrayBuffer;
}

/** tfjs keeps βᵗ as a running product, which `setWeights` would replace by a power that differs in the last bits. */
interface Powers {
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
}

const powersOf = (optimizer: tf.AdamOptimizer): Powers => optimizer as unknown as Powers;
const POWERS = ['accBeta1', 'accBeta2'] as const;

export async function saveOptimizer(optimizer: tf.AdamOptimizer): Promise<OptimizerState> {
  const weights = await optimizer.getWeights();
  const powers = POWERS.map((name) => ({ name, tensor: powersOf(optimizer)[name] }));
  const { specs, data } = await tf.io.encodeWeights([...weights, ...powers] as Parameters<
    typeof tf.io.encodeWeights
  >[0]);
  weights[0]?.tensor.dispose(); // the count of steps, which getWeights made; the others are the optimizer's own
  return { specs, data };
}

/** Puts a new optimizer where a saved one stood. */
export async function restoreOptimizer(optimizer: tf.AdamOptimizer, { specs, data }: OptimizerState): Promise<void> {
  const tensors = tf.io.decodeWeights(data, specs);
  const names = specs.map(({ name }) => name).filter((name) => !POWERS.some((power) => power === name));
  await optimizer.setWeights(names.map((name) => ({ name, tensor: tensors[name] as tf.Tensor })));
  for (const name of POWERS) powersOf(optimizer)[name].assign(tensors[name] as tf.Tensor);
  tf.dispose(tensors);
}
