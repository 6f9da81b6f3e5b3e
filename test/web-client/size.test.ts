import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';

const here = (file: string): string => fileURLToPath(new URL(`../../web-client/${file}`, import.meta.url));
/** Kilobytes of 1000 bytes, by gzip at its best. */
const gzipped = (chunks: readonly Rolldown.OutputChunk[]): number =>
  chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0) / 1000;

/** The library as a bundler makes it for a page, beside ONNX Runtime; the script of its worker shares its chunks. */
describe('senn-onnx-web, in a bundle', () => {
  let chunks: Rolldown.OutputChunk[];

  beforeAll(async () => {
    const result = (await build({
      configFile: false,
      logLevel: 'silent',
      worker: { format: 'es' },
      build: {
        write: false,
        modulePreload: false,
        rolldownOptions: {
          input: { page: here('index.ts'), worker: here('worker/worker.ts') },
          external: [/^onnxruntime-web/],
          preserveEntrySignatures: 'strict',
        },
      },
    })) as Rolldown.RolldownOutput;
    chunks = result.output.filter((output) => output.type === 'chunk');
  });

  const named = (fileName: string): Rolldown.OutputChunk[] => chunks.filter((chunk) => chunk.fileName === fileName);
  /** What loading one of the entries loads at once. */
  const loadedBy = (entry: string): Rolldown.OutputChunk[] => {
    const withImports = (chunk: Rolldown.OutputChunk): Rolldown.OutputChunk[] => [
      chunk,
      ...chunk.imports.flatMap(named).flatMap(withImports),
    ];
    return [...new Set(chunks.filter(({ isEntry, name }) => isEntry && name === entry).flatMap(withImports))];
  };

  it('a page that imports the library loads less than 12 kB, its worker among them', () => {
    const loaded = [...new Set([...loadedBy('page'), ...loadedBy('worker')])];
    expect(loadedBy('worker').length).toBeGreaterThan(0);
    expect(gzipped(loaded)).toBeGreaterThan(5);
    expect(gzipped(loaded)).toBeLessThan(12);
  });

  it('zod and ONNX Runtime come with the first model', () => {
    const loaded = [...loadedBy('page'), ...loadedBy('worker')];
    const withZod = chunks.filter(({ moduleIds }) => moduleIds.some((id) => id.includes('/zod/')));
    const withRuntime = chunks.filter(({ imports }) => imports.some((name) => name.startsWith('onnxruntime-web')));
    for (const later of [withZod, withRuntime]) {
      expect(later.length).toBeGreaterThan(0);
      expect(later.filter((chunk) => loaded.includes(chunk))).toEqual([]);
    }
  });
});
