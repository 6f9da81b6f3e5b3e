import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { nearestName } from '../core/text/did-you-mean.ts';

/** What was named on the command line and is not there: a mistyped model, a file in the place of a folder. */

/** True where nobody can read anything: it is missing, or not allowed. */
export function unreadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return false;
  } catch {
    return true;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** The nearest path that exists: `models/mnist-disenn` for `models/mnist-dissen/manifest.json`; `undefined` without one. */
export function nearestPath(path: string): string | undefined {
  const above = dirname(path);
  if (existsSync(path) || above === path) return undefined;
  if (!existsSync(above)) return nearestPath(above);
  const near = nearestName(basename(path), names(above));
  return near === undefined ? undefined : `${path.slice(0, -basename(path).length)}${near}`;
}
