import { createRequire } from 'node:module';

/** This package's own version, in a checkout and in `dist` alike. */
export const { version: exporterVersion } = createRequire(import.meta.url)('senn-onnx/package.json') as {
  version: string;
};
