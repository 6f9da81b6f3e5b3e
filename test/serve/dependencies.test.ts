import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './fixtures.ts';

/** docs/dependencies.md says of every runtime dependency of both packages what it does by itself. */

it('lists every runtime dependency, and no other', () => {
  const all = ['package.json', 'web-client/package.json'].flatMap((path) => {
    const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
      readFileSync(join(root, path), 'utf8'),
    ) as Record<string, Record<string, string>>;
    return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  });
  const names = [...new Set(all)];
  const text = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
  const listed = [...text.matchAll(/^\| ([^|]+) \|/gm)].slice(2).flatMap(([, cell = '']) => {
    const [first = '', ...rest] = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    // `@scope/*` (`a`, `b`), and `@scope/name`, `-suffix`
    if (first.endsWith('/*')) return rest.map((name) => first.replace('*', name));
    return [first, ...rest.map((name) => (name.startsWith('-') ? first.replace(/(\/tfjs).*/, `$1${name}`) : name))];
  });
  expect(listed.sort()).toEqual(names.sort());
});
