import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { SennError } from '../../../../core/errors.ts';

/**
 * Where the queue is, and what it is opened with. The address stands in lists of processes and in logs, so it holds no
 * secret: those come from the environment.
 */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  /** Whether the connection is encrypted (`rediss:`). */
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Certificates in PEM that the server's is checked against, in the place of those of Node. */
  readonly ca?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of an environment that a queue is opened with. */
export const QUEUE_VARIABLES = {
  username: 'SENN_QUEUE_USERNAME',
  password: 'SENN_QUEUE_PASSWORD',
  ca: 'SENN_QUEUE_CA',
} as const;

const refused = (rule: string): SennError => new SennError('invalid_config', `--queue: ${rule}`);

function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SennError('invalid_config', `${QUEUE_VARIABLES.ca}: ${path} cannot be read (${code})`, { path });
  }
}

/**
 * @param text `redis://HOST[:PORT][/DATABASE]`, or `rediss://…` with TLS
 * @throws invalid_config, which never repeats the text: it may hold a password
 */
export function parseQueueAddress(text: string, environment: Environment): QueueAddress {
  if (!URL.canParse(text)) throw refused('must be redis://HOST:PORT, or rediss://HOST:PORT for TLS');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw refused(
      `must hold no user and no password, which others see in a list of processes; set ${QUEUE_VARIABLES.username} and ${QUEUE_VARIABLES.password}`,
    );
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw refused('must begin with redis:// or rediss://');
  if (url.hostname === '') throw refused('must name a host');
  if (url.search !== '' || url.hash !== '') throw refused('must hold nothing after HOST:PORT/DATABASE');
  const database = /^\/?(\d{0,4})$/.exec(url.pathname)?.[1];
  if (database === undefined) throw refused('must have the number of a database, or nothing, after HOST:PORT/');
  const username = environment[QUEUE_VARIABLES.username];
  const password = environment[QUEUE_VARIABLES.password];
  const ca = environment[QUEUE_VARIABLES.ca];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    database: Number(database),
    tls: url.protocol === 'rediss:',
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(ca ? { ca: readCertificates(ca) } : {}),
  };
}

/** As it may be told: without what is secret. */
export const addressText = ({ tls, host, port, database }: QueueAddress): string =>
  `${tls ? 'rediss' : 'redis'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}/${database}`;

/** Whether inputs, models and a password would go over a network for anybody to read. */
export const isInTheOpen = ({ tls, host }: QueueAddress): boolean =>
  !tls && host !== 'localhost' && host !== '::1' && !/^127\./.test(host);

/** What to say of an address that is. */
export const inTheOpen = (address: QueueAddress): string =>
  `${addressText(address)} is not encrypted: whoever is on the way reads the password, the models and the inputs, and can change them; use rediss://`;
