import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differentiable } from '../../../export/gradients/rules/index.ts';

/** The documentation names what can be differentiated. */

it('docs/export.md lists the operators that have a rule', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../docs/export.md'), 'utf8');
  const [, list = ''] = /<!-- operators with a rule;[^>]*-->\n([\s\S]*?)\n\n/.exec(text) ?? [];
  expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(differentiable);
});
