import { SennError } from '../../core/errors.ts';

/** Takes the place of `webgpu.ts` in the library as one file and in the page, which would be 27 MB larger with it. */
export const loadWebGpuBuild = (): Promise<never> =>
  Promise.reject(new SennError('unavailable', 'this build of senn-onnx-web is without WebGPU; import it by a bundler'));
