import * as tf from '@tensorflow/tfjs';

/** What the backend of tfjs-node(-gpu) says of itself; tfjs declares none of it. */
interface NodeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

const isNodeBackend = (backend: object): backend is NodeBackend => 'isUsingGpuDevice' in backend;

/** The software that runs, and where. */
export interface Runtime {
  /** `TensorFlow 2.21.0`, or TensorFlow.js with its version and backend. */
  readonly name: string;
  readonly device: 'CPU' | 'GPU';
}

/** Describes the backend of TensorFlow.js that runs now. */
export function currentRuntime(): Runtime {
  const backend = tf.backend();
  return isNodeBackend(backend)
    ? { name: `TensorFlow ${backend.binding.TF_Version}`, device: backend.isUsingGpuDevice ? 'GPU' : 'CPU' }
    : { name: `TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`, device: 'CPU' };
}
