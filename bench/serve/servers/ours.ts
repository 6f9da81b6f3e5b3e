import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ServerProcess, startServer } from './server-process.ts';

/** Our own server, for the benchmark and the soak. */

/** Folder of `package.json`. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const models = join(root, 'models');

export interface OursOptions {
  readonly processes: number;
  /** The checkout whose server and models run. Default: this one. */
  readonly checkout?: string;
  readonly name?: string;
  /** Go before the program. */
  readonly nodeFlags?: readonly string[];
  /** Of `senn serve`, besides. */
  readonly flags?: readonly string[];
}

/** `senn serve` as the package's users run it: compiled, in production mode; as little logged as by the peers. */
export function startOurs(
  defaultModel: string,
  { processes, nodeFlags = [], flags: more = [], checkout = root, name = 'ours' }: OursOptions,
): Promise<ServerProcess> {
  const flags = [
    '--models',
    join(checkout, 'models'),
    '--default',
    defaultModel,
    '--processes',
    String(processes),
    '--port',
    '0',
    '--log-level',
    'warn',
    '--json',
    ...more,
  ];
  return startServer({
    name,
    command: [process.execPath, ...nodeFlags, join(checkout, 'dist', 'cli.js'), 'serve', ...flags],
    cwd: checkout,
    environment: { NODE_ENV: 'production' },
    ready: async ({ stdout }, signal) => {
      const [line] = await once(createInterface({ input: stdout as NodeJS.ReadableStream }), 'line', { signal });
      return (JSON.parse(line) as { url: string }).url;
    },
  });
}
