import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, it } from 'vitest';

const library = fileURLToPath(new URL('../../web-client/index.ts', import.meta.url));

/** The library as a bundler makes it for a page, beside ONNX Runtime. */
async function chunksOf(): Promise<Rolldown.OutputChunk[]> {
  const result = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: library, external: [/^onnxruntime-web/], preserveEntrySignatures: 'strict' },
    },
  })) as Rolldown.RolldownOutput;
  return result.output.filter((output) => output.type === 'chunk');
}

it('a page that imports the library loads less than 8 kB, and zod only with its first model', async () => {
  const chunks = await chunksOf();
  const entry = chunks.find(({ isEntry }) => isEntry);
  const withZod = chunks.filter(({ moduleIds }) => moduleIds.some((id) => id.includes('/zod/')));
  expect(withZod.length).toBeGreaterThan(0);
  const importedBy = (fileName: string): string[] =>
    chunks.find((chunk) => chunk.fileName === fileName)?.imports.flatMap((name) => [name, ...importedBy(name)]) ?? [];
  const loaded = entry ? [entry.fileName, ...importedBy(entry.fileName)] : [];
  for (const { fileName } of withZod) expect(loaded).not.toContain(fileName);
  const bytes = chunks
    .filter(({ fileName }) => loaded.includes(fileName))
    .reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(8000);
});
