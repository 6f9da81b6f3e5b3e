#!/usr/bin/env node
// In a checkout the command runs from its TypeScript source, in the published package from dist/.
import { existsSync } from 'node:fs';

const source = new URL('../cli.ts', import.meta.url);
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  await import('../dist/cli.js');
}
