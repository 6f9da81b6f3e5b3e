import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/**
 * The benchmarks measure compiled JavaScript, because that is what users of the package run: built anew where it is
 * stale.
 */

const buildSchema = z.object({ include: z.array(z.string()) });

/** When a file, or the newest `.ts` file below a folder, was last written; 0 where there is none. */
async function writtenAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const files = await readdir(path, { recursive: true });
  const times = files
    .filter((file) => file.endsWith('.ts'))
    .map(async (file) => (await stat(join(path, file))).mtimeMs);
  return Math.max(0, ...(await Promise.all(times)));
}

/** Whether a source of `tsconfig.build.json` is newer than what was compiled. @param root folder of `package.json` */
export async function isStale(root: string): Promise<boolean> {
  const configuration = join(root, 'tsconfig.build.json');
  const { include } = buildSchema.parse(JSON.parse(await readFile(configuration, 'utf8')));
  const sources = [configuration, join(root, 'package.json'), ...include.map((path) => join(root, path))];
  return Math.max(...(await Promise.all(sources.map(writtenAt)))) > (await writtenAt(join(root, 'dist', 'cli.js')));
}

/** Compiles where that is needed. @throws where the compiler refuses */
export async function buildIfStale(root: string, say: (line: string) => void): Promise<void> {
  if (!(await isStale(root))) return;
  say('dist/ is older than its sources: npm run build:node');
  try {
    await promisify(execFile)('npm', ['run', '--silent', 'build:node'], { cwd: root });
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    throw new Error(`npm run build:node fails\n${stdout.split('\n').slice(0, 5).join('\n')}`, { cause: error });
  }
}
