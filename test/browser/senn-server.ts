import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The server for the tests of the page, as its users start it. */

export interface SennServer {
  readonly url: string;
  close(): Promise<void>;
}

const command = fileURLToPath(new URL('../../bin/senn.js', import.meta.url));

/** `senn serve` as its users start it, on a free port. It builds the page when it must. */
export async function startSennServer(models: string): Promise<SennServer> {
  const child = spawn(process.execPath, [command, 'serve', '--models', models, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  child.stderr.on('data', (chunk) => log.push(String(chunk)));
  const url = await Promise.race([readyLine(child), once(child, 'exit').then(() => undefined)]);
  if (url === undefined) throw new Error(`senn serve ended: ${log.join('')}`);
  return {
    url,
    close: async () => {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function readyLine({ stdout }: ChildProcess): Promise<string | undefined> {
  if (stdout === null) return undefined;
  for await (const line of createInterface({ input: stdout })) return (JSON.parse(line) as { url: string }).url;
  return undefined;
}
