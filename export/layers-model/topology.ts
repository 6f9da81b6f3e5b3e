import { SennError } from '../../core/errors.ts';

/** What stands in a `modelTopology` before tfjs reads it: what the converters of both generations of Keras write. */

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/**
 * What only training reads, and Keras knows more of than tfjs: `L2` regularizers, `RandomUniformV2` initializers,
 * the kernel's of a SeparableConv2D. A model that has its weights needs none.
 */
const forTraining = /_(initializer|regularizer|constraint)$/;

/** What only Keras 3 writes. Its files look like those of Keras 2, and tfjs 4.22 fails at one or the other place in them. */
const kerasThree: readonly ((object: Json) => string | undefined)[] = [
  ({ keras_version: version }) =>
    typeof version === 'string' && version.startsWith('3.') ? `keras_version ${version}` : undefined,
  ({ class_name: name }) => (name === 'DTypePolicy' || name === '__keras_tensor__' ? String(name) : undefined),
  ({ batch_shape: shape }) => (Array.isArray(shape) ? 'batch_shape' : undefined),
];

/**
 * Leaves out of a topology, in its place, what only training reads.
 * @param where how the message names the file
 * @throws invalid_model where Keras 3 has written it
 */
export function tidyTopology(topology: Json, where: string): void {
  const left: unknown[] = [topology];
  while (left.length > 0) {
    const value = left.pop();
    if (!isObject(value)) continue;
    const sign = kerasThree.map((find) => find(value)).find((found) => found !== undefined);
    if (sign !== undefined) {
      throw new SennError(
        'invalid_model',
        `${where}: modelTopology is of Keras 3 (${sign}), which TensorFlow.js 4.22 cannot read; save the model with Keras 2 (pip install tf_keras, TF_USE_LEGACY_KERAS=1) and convert that`,
        { path: where, sign },
      );
    }
    for (const key of Object.keys(value)) {
      if (forTraining.test(key)) delete value[key];
      else left.push(value[key]);
    }
  }
}

/**
 * A topology without layers, which tfjs would only find at the first weight that has none to go to.
 * @throws invalid_model
 */
export function refuseEmptyTopology(topology: Json, where: string): void {
  const keras = isObject(topology['model_config']) ? topology['model_config'] : topology; // of the converter, of tfjs
  const { config } = keras;
  const { name, layers } = Array.isArray(config) ? { name: undefined, layers: config } : ((config ?? {}) as Json);
  if (!Array.isArray(layers) || layers.length > 0) return;
  const model = typeof name === 'string' ? `model "${name}"` : 'model';
  throw new SennError('invalid_model', `${where}: ${model}: has 0 layers; must have at least one, and an output`, {
    path: where,
  });
}
