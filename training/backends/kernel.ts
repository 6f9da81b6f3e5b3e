import * as tf from '@tensorflow/tfjs';

/** What a kernel of tfjs is called with, by the names that its ops give. */
export type Inputs = Record<'x' | 'dy' | 'filter' | 'a' | 'b', tf.Tensor> &
  Partial<Record<'bias' | 'preluActivationWeights', tf.Tensor>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** A kernel, written in ops that other kernels run. */
export type Kernel = (inputs: Inputs, attrs: Attributes) => tf.Tensor;

/** Puts a kernel in the place of a backend's own, or only for the calls that `when` picks. */
export function registerKernel(
  backendName: 'wasm' | 'tensorflow',
  kernelName: string,
  kernel: Kernel,
  when: (inputs: Inputs, attrs: Attributes) => boolean = () => true,
): void {
  const original = tf.getKernel(kernelName, backendName);
  if (original !== undefined) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    ...original,
    kernelName,
    backendName,
    kernelFunc: (call) => {
      const attrs = (call.attrs ?? {}) as Attributes;
      const inputs = call.inputs as unknown as Inputs;
      return original === undefined || when(inputs, attrs)
        ? tf.tidy(() => kernel(inputs, attrs))
        : original.kernelFunc(call);
    },
  });
}
