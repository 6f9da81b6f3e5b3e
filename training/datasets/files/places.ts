import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** Where the files of data sets are looked for. */
export interface Places {
  /** Folders to look in, first one first; never written to. */
  readonly folders: readonly string[];
  /** The user's cache: looked in last, and where downloads go. */
  readonly cache: string;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
  /** Folder of this package's `package.json`. */
  readonly packageRoot: string;
}

/** The usual cache folder of a platform; everywhere else the XDG Base Directory Specification. */
const platformCaches: Readonly<Record<string, (surroundings: Surroundings) => string>> = {
  darwin: ({ home }) => join(home, 'Library', 'Caches'),
  win32: ({ env, home }) => env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'),
};

function xdgCache({ env, home }: Surroundings): string {
  const given = env['XDG_CACHE_HOME'];
  return given !== undefined && isAbsolute(given) ? given : join(home, '.cache');
}

function here(): Surroundings {
  const packageRoot = dirname(createRequire(import.meta.url).resolve('senn-onnx/package.json'));
  return { env: process.env, platform: process.platform, home: homedir(), packageRoot };
}

/** In this order: the environment variable `SENN_DATA`, `../shared/data` beside the package, the user's cache. */
export function dataPlaces(surroundings: Surroundings = here()): Places {
  const { env, platform, packageRoot } = surroundings;
  const own = env['SENN_DATA'];
  const cache = (platformCaches[platform] ?? xdgCache)(surroundings);
  return {
    folders: [...(own ? [own] : []), join(packageRoot, '..', 'shared', 'data')],
    cache: join(cache, 'senn-onnx'),
  };
}
