import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { root } from '../serve/fixtures.ts';

const built = join(root, 'dist/web');
const isBuilt = existsSync(built);

/** ONNX Runtime: its WebAssembly, and the chunk with its script. */
const isRuntime = (file: string): boolean => /\.wasm$|^assets\/onnxruntime-/.test(file);

it.skipIf(!isBuilt)(
  `all files of the page but ONNX Runtime are less than 100 kB by gzip${isBuilt ? '' : ' (skipped: no build)'}`,
  () => {
    const files = readdirSync(built, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name).slice(built.length + 1));
    expect(files).toContain('index.html');
    const own = files.filter((file) => !isRuntime(file));
    expect(own.length).toBeLessThan(files.length);
    const bytes = own.reduce((sum, file) => sum + gzipSync(readFileSync(join(built, file)), { level: 9 }).length, 0);
    expect(bytes).toBeGreaterThan(30_000);
    expect(bytes).toBeLessThan(100_000);
  },
);
