import { existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { SennError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/text/did-you-mean.ts';

/**
 * Sets that the operator lets clients score by name, so that nobody uploads them. A request says a name and never a
 * path; files and folders are reached from a job by a link of that name, so that no report tells where they lie.
 */

/** The folder of links within that of a job. */
export const SETS = 'sets';

/** A set as `senn score` knows it: `mnist:test`. */
const isSplit = (what: string): boolean => /^[\w-]+:(train|test)$/.test(what);

export interface Sets {
  readonly names: readonly string[];
  /** @throws unknown_data_set */
  check(name: string): void;
  /** What `--data` says in a job's folder; makes the link that it needs. @throws unknown_data_set */
  dataIn(folder: string, name: string): string;
}

/**
 * @param given `SET:SPLIT`, `NAME=SET:SPLIT` or `NAME=PATH`, their forms checked
 * @throws invalid_config where a path is not there
 */
export function openSets(given: readonly string[]): Sets {
  const table = new Map(
    given.map((text) => {
      const [name = '', ...rest] = text.split('=');
      const what = rest.length === 0 ? name : rest.join('=');
      if (isSplit(what)) return [name, what] as const;
      const path = resolve(what);
      if (existsSync(path)) return [name, path] as const;
      throw new SennError('invalid_config', `jobs.sets: ${name}: no file or folder "${what}"`, { path: what });
    }),
  );
  const names = [...table.keys()];
  const whatOf = (name: string): string => {
    const what = table.get(name);
    if (what !== undefined) return what;
    const choices = names.length === 0 ? 'this server names none (--jobs-sets)' : `choose ${names.join(', ')}`;
    const message = `unknown set "${name.slice(0, 100)}"; ${choices}${didYouMean(name, names)}`;
    throw new SennError('unknown_data_set', message, { sets: names });
  };
  return {
    names,
    check: (name) => {
      whatOf(name);
    },
    dataIn(folder, name) {
      const what = whatOf(name);
      if (isSplit(what)) return what;
      const data = join(SETS, `${name}${extname(what)}`);
      mkdirSync(join(folder, SETS), { recursive: true });
      rmSync(join(folder, data), { force: true }); // of an earlier attempt; a link, never what it leads to
      // of a folder a junction, which needs no right on Windows; elsewhere both are plain links
      symlinkSync(
        what,
        join(folder, data),
        statSync(what, { throwIfNoEntry: false })?.isDirectory() ? 'junction' : 'file',
      );
      return data;
    },
  };
}
