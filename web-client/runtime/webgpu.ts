/**
 * The build of onnxruntime-web that has WebGPU, and WebAssembly of its own, twice as large as the one without: loaded only
 * where it is asked for. `no-webgpu.ts` takes its place in bundles that leave it out.
 */
export const loadWebGpuBuild = () => import('onnxruntime-web/webgpu');
