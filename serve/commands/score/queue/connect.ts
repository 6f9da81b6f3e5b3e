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
 * Connects once, or says why not. From then on a connection that is lost is made again, for as long as it takes; commands
 * wait for it.
 * @param onLost is told when it is lost, and when it is back
 * @throws unavailable
 */
export async function connect(address: QueueAddress, onLost: (lost: boolean) => void): Promise<Connected> {
  const { Redis } = await import('ioredis');
  const { host, port, database, tls, username, password, ca } = address;
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
  let reason = 'it closed the connection';
  client.on('error', (error: Error) => {
    reason = reasonOf(error);
  });
  try {
    await client.connect();
    await client.ping(); // a server that asks for a password lets anybody connect
  } catch (error) {
    client.disconnect();
    const said = reasonOf(error as Error);
    const told = /connection is closed/i.test(said) ? reason : said;
    throw new SennError('unavailable', `queue ${addressText(address)}: ${told}`, { queue: addressText(address) });
  }
  let lost = false;
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

/** Of an attempt at several addresses, the message is empty and the code says it. */
const reasonOf = ({ message, code }: NodeJS.ErrnoException): string => message || code || 'it cannot be reached';

/** Whether it is Redis that answered with an error (no right, no memory), not a connection that broke off and comes back. */
export const isRefusal = (error: unknown): boolean => (error as Error).name === 'ReplyError';
