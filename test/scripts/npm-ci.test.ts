import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/**
 * `npm ci` needs the npm registry alone, with every npm, and runs no install script: npm knows of those that
 * package-lock.json says a package has (`hasInstallScript`), and it says so of none. docs/dependencies.md says what they
 * would do.
 */

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const json = (path: string): unknown => JSON.parse(readFileSync(file(path), 'utf8'));

interface Package {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

const { packages } = json('package-lock.json') as { packages: Record<string, { readonly hasInstallScript?: boolean }> };

it('tells npm of no install script: remove "hasInstallScript" from package-lock.json where npm has written it', () => {
  expect(Object.keys(packages).filter((path) => packages[path]?.hasInstallScript !== undefined)).toEqual([]);
});

it('installs no package with an install script but those that package.json denies by name', () => {
  const folders = Object.keys(packages).filter((path) => path.startsWith('node_modules/') && existsSync(file(path)));
  const scripted = folders.filter((path) => {
    const { scripts = {} } = json(`${path}/package.json`) as Package;
    const byItself = ['preinstall', 'install', 'postinstall'].some((name) => name in scripts);
    return byItself || existsSync(file(`${path}/binding.gyp`)); // which npm compiles
  });
  const names = scripted.map((path) => (json(`${path}/package.json`) as Package).name);
  const { allowScripts } = json('package.json') as { allowScripts: Record<string, boolean> };
  expect(folders.length).toBeGreaterThan(300);
  expect(Object.fromEntries([...new Set(names)].toSorted().map((name) => [name, false]))).toEqual(allowScripts);
});

it('leaves tfjs-node out, which does not work without its install script', () => {
  expect(Object.keys(packages).filter((path) => path.includes('tfjs-node'))).toEqual([]);
});
