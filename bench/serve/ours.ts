import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ServerProcess, startServer } from './server-process.ts';

/** Folder of `package.json`. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const models = join(root, 'models');

/** `senn serve` as the package's users run it: compiled, in production mode. @param nodeFlags go before the program */
export function startOurs(defaultModel: string, nodeFlags: readonly string[] = []): Promise<ServerProcess> {
  const flags = ['--models', models, '--default', defaultModel, '--port', '0', '--json'];
  return startServer({
    name: 'ours',
    command: [process.execPath, ...nodeFlags, join(root, 'dist', 'cli.js'), 'serve', ...flags],
    cwd: root,
    environment: { NODE_ENV: 'production' },
    ready: async ({ stdout }, signal) => {
      const [line] = await once(createInterface({ input: stdout as NodeJS.ReadableStream }), 'line', { signal });
      return (JSON.parse(line) as { url: string }).url;
    },
  });
}
