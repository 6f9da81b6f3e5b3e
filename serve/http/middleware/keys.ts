import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Logger } from 'pino';
import { SennError } from '../../../core/errors.ts';
import { KEY } from '../../config/leaves.ts';

/** The keys that the server knows. They are kept as digests only, so that its memory holds no key. */
export interface KeyRing {
  readonly size: number;
  /**
   * A name for the owner of a known key: the first letters of the key's digest, by which owners are told apart in logs
   * and nobody can find the key. Every known key is compared, each in constant time, so that timing tells nothing
   * either.
   */
  owner(key: string): string | undefined;
  close(): void;
}

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/**
 * @param file one key a line; empty lines, and what follows a `#`, are passed over
 * @throws missing_data, invalid_config
 */
export function readKeys(file: string): string[] {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SennError('missing_data', `${file}: keys cannot be read (${code})`, { path: file }, cause);
  }
  const lines = content.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const wrong = lines.findIndex((line) => line !== '' && !KEY.test(line));
  if (wrong >= 0) {
    const rule = 'a key is 16 characters or more, out of letters, digits and -._~+/=';
    throw new SennError('invalid_config', `${file}: line ${wrong + 1}: ${rule}`, { file, line: wrong + 1 });
  }
  const keys = lines.filter((line) => line !== '');
  if (keys.length === 0) throw new SennError('invalid_config', `${file}: has no key`, { file });
  return keys;
}

export interface KeySources {
  readonly keys: readonly string[];
  readonly file?: string | undefined;
}

/** Milliseconds between checks whether the file of keys has changed. */
const LOOK_AGAIN = 2000;

/**
 * The given keys and those of a file. The file is read again when it changes; where it cannot be read then, the keys
 * stay as they were.
 * @throws missing_data, invalid_config
 */
export function openKeyRing({ keys, file }: KeySources, logger: Logger, lookAgain = LOOK_AGAIN): KeyRing {
  const digests = (more: readonly string[]): Buffer[] => [...new Set([...keys, ...more])].map(digestOf);
  let known = digests(file === undefined ? [] : readKeys(file));
  const reread = (): void => {
    try {
      known = digests(readKeys(file as string));
      logger.info({ file, keys: known.length }, 'keys are read again');
    } catch (error) {
      logger.error({ file, err: error }, 'keys stay as they were');
    }
  };
  if (file !== undefined) watchFile(file, { interval: lookAgain, persistent: false }, reread);
  return {
    get size() {
      return known.length;
    },
    owner: (key) => {
      const digest = digestOf(key);
      let found = false;
      for (const other of known) found = timingSafeEqual(digest, other) || found;
      return found ? digest.toString('hex', 0, 4) : undefined;
    },
    close: () => {
      if (file !== undefined) unwatchFile(file, reread);
    },
  };
}
