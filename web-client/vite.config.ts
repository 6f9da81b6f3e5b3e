import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** How the page is built, and how it is served while it is worked on. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['SENN_SERVER'] ?? 'http://localhost:8080';

/**
 * Ends of the names of compressed files, which the server sends to whoever takes them (serve/http/routes/page.ts). Brotli
 * at 9 of 11: the runtime takes 3 s and 2.7 MB; at 11 a minute and 2.3 MB, which every first `npm start` would wait for.
 */
const compressors = {
  '.br': (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  '.gz': (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }),
};

/** Puts beside every file of the page the same file compressed, where that is smaller. */
const precompress: Plugin = {
  name: 'precompress',
  apply: 'build',
  generateBundle: {
    order: 'post',
    async handler(_options, bundle) {
      const files = Object.values(bundle).flatMap((file) =>
        Object.entries(compressors).map(async ([suffix, compress]) => {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          const compressed = await compress(source);
          if (compressed.length >= source.length) return;
          this.emitFile({ type: 'asset', fileName: file.fileName + suffix, source: compressed });
        }),
      );
      await Promise.all(files);
    },
  },
};

/**
 * Makes the worker's script an entry of the page's own build, so that what both need (zod, the artefacts) is one file that
 * the browser downloads once. Vite would bundle the worker apart.
 */
const shareWithWorker: Plugin = {
  name: 'share-with-worker',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (id !== here('worker/spawn.ts')) return undefined;
    const worker = this.emitFile({ type: 'chunk', id: here('worker/worker.ts'), name: 'worker' });
    return code.replace("new URL('./worker.js', import.meta.url)", `import.meta.ROLLUP_FILE_URL_${worker}`);
  },
};

/** The page. Every address in it is relative, so it works under any path of any server that also serves `/models`. */
export default defineConfig({
  root: here('.'),
  base: './',
  resolve: { alias: [{ find: /^\.\/runtime\/webgpu\.ts$/, replacement: here('runtime/no-webgpu.ts') }] },
  plugins: [shareWithWorker, precompress],
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    /** Scripts that come later are not preloaded: that takes a document, and the worker runs some of the same files. */
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_url, files, { hostType }) => (hostType === 'html' ? files : []),
    },
    /** The page's size is the WebAssembly runtime's 14 MB; Vite's warning is about scripts. */
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  server: {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    proxy: { '/models': server, '/predict': server },
  },
});
