import { join } from 'node:path';

/** The folder of model folders that tests run on: the repository's own, unless `SENN_TEST_MODELS` names another. */
export const testModels = process.env['SENN_TEST_MODELS'] ?? join(import.meta.dirname, '../../models');
