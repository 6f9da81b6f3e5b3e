import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/**
 * `npm ci` needs the npm registry alone, with every npm: no package that it installs has an install script that nobody has
 * looked at. docs/dependencies.md says what those that are known do where npm runs them.
 */

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

interface Lock {
  readonly packages: Record<string, { readonly hasInstallScript?: boolean }>;
}

it('installs no package with an install script but those that are denied by name', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = scripted.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
  expect(Object.fromEntries(names.toSorted().map((name) => [name, false]))).toEqual(allowScripts);
});

it('lets no install script fetch: onnxruntime-node has a switch, tfjs-node has none and stays out', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  expect(read('.npmrc')).toMatch(/^onnxruntime-node-install=skip$/m);
  expect(Object.keys(packages).filter((path) => path.includes('tfjs-node'))).toEqual([]);
});
