import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Where this package lies and which version it is, for what reads files beside the code: models, page, docs. */

export interface PackageInfo {
  /** Folder of `package.json`: the checkout, or the installed package. */
  readonly root: string;
  readonly version: string;
}

/** Found by the package's own name, so that it works from the sources and from `dist/` alike. */
export function packageInfo(): PackageInfo {
  const path = createRequire(import.meta.url).resolve('senn-onnx/package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return { root: dirname(path), version };
}
