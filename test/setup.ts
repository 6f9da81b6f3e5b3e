/**
 * Before every file of unit tests. The files share a process, in which TensorFlow.js keeps one backend for all of them: each
 * begins in plain JavaScript, whatever the file before it started. Only where it is loaded: most files need no TensorFlow.js.
 */

interface TfjsEngine {
  findBackendFactory(name: string): unknown;
  setBackend(name: string): Promise<boolean>;
}

const engine = (globalThis as { _tfengine?: TfjsEngine })._tfengine;
if (engine?.findBackendFactory('cpu')) await engine.setBackend('cpu');

export {};
