import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the tests of the setup scripts share: a script alone in a checkout, with stand-ins for what it calls. */

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly output: string;
}

export interface SetupCheckout {
  readonly folder: string;
  /** Puts a program before those of the same name on the `PATH` of the script. */
  standIn(name: string, script: string): Promise<void>;
  run(args: readonly string[], environment: Record<string, string>): Promise<Outcome>;
  remove(): Promise<void>;
}

/** Writes a file, and the folders above it. */
export async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** The text of a file; none where it is not there. */
export const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** Every file under a folder, but logs, by its path there. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith('.log'));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path, 'utf8')])),
  );
}

/** A temporary checkout that holds `scripts/NAME` and the package tsx. */
export async function setupCheckout(script: string): Promise<SetupCheckout> {
  const folder = await mkdtemp(join(tmpdir(), 'senn-setup-'));
  const own = join(folder, 'scripts', script);
  await mkdir(dirname(own));
  await cp(join(root, 'scripts', script), own);
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(root, 'node_modules/tsx'), join(folder, 'node_modules/tsx'));
  return {
    folder,
    async standIn(name, text) {
      const path = join(folder, 'bin', name);
      await write(path, `#!/usr/bin/env bash\n${text}\n`);
      await chmod(path, 0o755);
    },
    run(args, environment) {
      const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, ...environment };
      return new Promise((resolve) => {
        execFile('bash', [own, ...args], { env }, (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
        });
      });
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** A host that can be reached, and answers everything with nothing. */
export async function reachableHost(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}
