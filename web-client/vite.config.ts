import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** How the page is built, and how it is served while it is worked on. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['SENN_SERVER'] ?? 'http://localhost:8080';

/** The page. Every address in it is relative, so it works under any path of any server that also serves `/models`. */
export default defineConfig({
  root: here('.'),
  base: './',
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    /** The page's size is the WebAssembly runtime's 14 MB; Vite's warning is about scripts. */
    chunkSizeWarningLimit: 600,
  },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  server: {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    proxy: { '/models': server, '/predict': server },
  },
});
