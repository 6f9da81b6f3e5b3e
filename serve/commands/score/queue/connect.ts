import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { SennError } from '../../../../core/errors.ts';
import { packageInfo } from '../../../package-info.ts';
import { addressText, type QueueAddress } from './address.ts';

/** The connection to Redis or Valkey, and the names of what lies there. */

/** What every key begins with. */
export const PREFIX = 'senn';

/**
 * The name of the queue holds the version: another version may compute other figures, so workers take only the batches of
 * their own.
 */
export const queueName = (): string => `score-${packageInfo().version}`;

/** Milliseconds: to connect, without any answer, and between attempts at the most. */
const CONNECTING = 10_000;
const SILENCE = 30_000;
const LONGEST_PAUSE = 2000;

export interface Connected {
  readonly client: Redis;
  close(): void;
}

/**
 * Connects, or says why not: at once where nobody listens or Redis refuses, after ten seconds where each connection breaks
 * off, as while Redis starts behind a proxy. From then on a connection that is lost is made again, for as long as it
 * takes; commands wait for it.
 * @param onLost is told when it is lost, and when it is back
 * @throws unavailable
 */
export async function connect(address: QueueAddress, onLost: (lost: boolean) => void): Promise<Connected> {
  const client = await firstConnection(address);
  let lost = client.status !== 'ready';
  if (lost) onLost(true);
  client.on('close', () => {
    if (!lost) onLost(true);
    lost = true;
  });
  client.on('ready', () => {
    if (lost) onLost(false);
    lost = false;
  });
  return {
    client,
    close: () => {
      client.removeAllListeners('close');
      client.disconnect();
    },
  };
}

async function firstConnection(address: QueueAddress): Promise<Redis> {
  const until = Date.now() + CONNECTING;
  for (;;) {
    try {
      return await open(address);
    } catch (error) {
      if (isBrokenOff(error) && Date.now() < until) await sleep(LONGEST_PAUSE / 4);
      else {
        const queue = addressText(address);
        throw new SennError('unavailable', `queue ${queue}: ${reasonOf(error as Error)}`, { queue });
      }
    }
  }
}

/** @throws what the connection, or Redis, says */
async function open({ host, port, database, tls, username, password, ca }: QueueAddress): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const client = new Redis({
    host,
    port,
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { servername: host, ...(ca !== undefined && { ca }) } }),
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: CONNECTING,
    socketTimeout: SILENCE,
    retryStrategy: (times) => Math.min(100 * 2 ** times, LONGEST_PAUSE),
  });
  let reason: Error = new Error(CLOSED);
  client.on('error', (error: Error) => {
    reason = error;
  });
  try {
    await client.connect();
    // a server that asks for a password lets anybody connect; a connection that breaks off here is not made again
    const closed = new Promise<never>((_, reject) => client.once('close', () => reject(reason)));
    await Promise.race([client.ping(), closed]);
    return client;
  } catch (error) {
    client.disconnect();
    throw /connection is closed/i.test((error as Error).message) ? reason : error;
  }
}

/** What is said of a connection that the other side closed. */
const CLOSED = 'it closed the connection';

const isBrokenOff = (error: unknown): boolean => {
  const { message, code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ECONNRESET' || message === CLOSED;
};

/** Of an attempt at several addresses, the message is empty and the code says it. */
const reasonOf = ({ message, code }: NodeJS.ErrnoException): string => message || code || 'it cannot be reached';

/** Whether it is Redis that answered with an error (no right, no memory), not a connection that broke off and comes back. */
export const isRefusal = (error: unknown): boolean => (error as Error).name === 'ReplyError';
