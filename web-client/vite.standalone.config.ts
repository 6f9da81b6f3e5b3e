import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/**
 * The library as one module for `<script type="module">`, with all that it needs inside but ONNX Runtime's WebAssembly,
 * which lies beside it. No `build.lib`: that would put those 14 MB into the script.
 */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  resolve: {
    alias: [
      { find: /^\.\/spawn\.ts$/, replacement: here('worker/standalone.ts') },
      { find: /^\.\/runtime\/webgpu\.ts$/, replacement: here('runtime/no-webgpu.ts') },
    ],
  },
  build: {
    outDir: here('dist/standalone'),
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    modulePreload: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: here('index.ts'),
      preserveEntrySignatures: 'strict',
      output: {
        codeSplitting: false,
        entryFileNames: 'senn-onnx-web.js',
        assetFileNames: '[name][extname]',
      },
    },
  },
});
