/**
 * Starts a worker where a bundler, or the package as it lies, has the worker's script beside this one. Written as bundlers
 * look for it. `standalone.ts` takes its place in the library as one file.
 */
export const spawnWorker = (): Worker =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'senn-onnx-web' });
