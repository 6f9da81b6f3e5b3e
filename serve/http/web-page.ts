import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import type { Page } from './routes/page.ts';

/** Finds the page that the server shows, and in a checkout builds it when its sources are newer than what was built. */

/** The folders that the page is built from. */
const SOURCES = ['web-client', 'core'];

const BUILD_DEADLINE = 120_000;

/**
 * The page of the package in `root`, built first where it must be. It never throws: without its page a server still
 * serves.
 */
export async function preparePage(root: string, logger: Logger): Promise<Page> {
  const directory = join(root, 'dist', 'web');
  const index = join(directory, 'index.html');
  const config = join(root, 'web-client', 'vite.config.ts');
  try {
    if (existsSync(config) && (await isStale(index, root))) await build(root, config, directory);
    if (existsSync(index)) return { kind: 'built', directory };
    throw new Error(`no ${index}`);
  } catch (error) {
    logger.warn({ err: error }, 'the page could not be built');
    return {
      kind: 'missing',
      reason: 'The page is not built: run "npm run build:web". POST /predict works without it.',
    };
  }
}

async function isStale(index: string, root: string): Promise<boolean> {
  if (!existsSync(index)) return true;
  const built = statSync(index).mtimeMs;
  for (const source of SOURCES) {
    const entries = await readdir(join(root, source), { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    if (files.some((file) => statSync(file).mtimeMs > built)) return true;
  }
  return false;
}

/** Builds into another folder and renames it into place, so that nobody is ever served half a page. */
async function build(root: string, config: string, directory: string): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const fresh = `${directory}-${process.pid}`;
  const flags = ['--config', config, '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
  try {
    await promisify(execFile)(process.execPath, [vite, 'build', ...flags], { cwd: root, timeout: BUILD_DEADLINE });
    await rm(directory, { recursive: true, force: true });
    await rename(fresh, directory);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
