import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../serve/fixtures.ts';

/** `senn serve` in a process of its own, which may be treated badly. */
export interface FaultyServer {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Of its log, the messages so far. */
  messages(): readonly string[];
  alive(): boolean;
  stop(): Promise<void>;
}

export async function startServer(
  flags: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<FaultyServer> {
  const child = spawn(process.execPath, [join(root, 'bin', 'senn.js'), 'serve', '--port', '0', '--json', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const messages: string[] = [];
  const errors = createInterface({ input: child.stderr });
  errors.on('line', (line) => messages.push(messageOf(line)));
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as unknown[];
  if (typeof line !== 'string') throw new Error(`senn serve ended with ${line}: ${messages.join('\n')}`);
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    port: Number(new URL(url).port),
    child,
    messages: () => messages,
    alive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function messageOf(line: string): string {
  try {
    return (JSON.parse(line) as { msg?: string }).msg ?? line;
  } catch {
    return line;
  }
}
