import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../serve/servers/free-port.ts';

/** A Redis of one's own that forgets everything when it ends, and a network to it that can be cut. */

/** `redis-server` or `valkey-server`, where one is installed. */
export function redisProgram(): string | undefined {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
}

export interface PrivateRedis {
  readonly port: number;
  /** Ends it at once and starts it anew, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function accepts(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((done) => {
      const socket = connectTo(port, '127.0.0.1', () => done(true)).on('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`the Redis of port ${port} does not start`);
}

export const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', () => done()));

/** @param extra further arguments, as `--requirepass` */
export async function startRedis(program: string, ...extra: string[]): Promise<PrivateRedis> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...extra];
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(program, args, { stdio: 'ignore' });
    await accepts(port);
    return child;
  };
  let child = await start();
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended(child);
  };
  return {
    port,
    async restart() {
      await stop();
      child = await start();
    },
    stop,
  };
}

export interface Network {
  readonly port: number;
  /** Breaks every connection, and refuses others for so many milliseconds. */
  cut(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** A port of this machine that leads to another. */
export async function startNetwork(to: number): Promise<Network> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connectTo(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    async cut(milliseconds) {
      isCut = true;
      breakAll();
      await sleep(milliseconds);
      isCut = false;
    },
    async stop() {
      server.close();
      breakAll();
    },
  };
}
