import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultyServer, startServer } from '../../e2e/faults/server.ts';
import { testModels } from '../../helpers/models.ts';

/** The clients of KServe and Triton, as their users install them, against a server of ours. */

const execute = promisify(execFile);

/** The interpreter that `scripts/setup-python.sh` made, or `SENN_CLIENTS`. */
const python = process.env['SENN_CLIENTS'] ?? join(import.meta.dirname, '../../../.venv-clients/bin/python');

const hasClients = await execute(python, ['-c', 'import kserve, tritonclient.http.aio']).then(
  () => true,
  () => false,
);
if (!hasClients) {
  process.stderr.write(
    `skipped: ${python} with kserve and tritonclient is not there; scripts/setup-python.sh makes it\n`,
  );
}

describe.skipIf(!hasClients)('the client', () => {
  let server: FaultyServer;
  beforeAll(async () => {
    server = await startServer(['--models', testModels, '--admin']);
  });
  afterAll(() => server.stop());

  it.each([
    ['of KServe', 'check_kserve.py', 8],
    ['of Triton', 'check_triton.py', 15],
  ])('%s finds what it expects', async (_, script, count) => {
    const program = [join(import.meta.dirname, script), server.url, testModels];
    const { code, stderr } = await execute(python, ['-B', ...program]).catch((error) => error);
    expect(code, stderr).toBeUndefined();
    expect(stderr).toContain(`Ran ${count} tests`);
    expect(stderr.trimEnd()).toMatch(/\nOK$/);
  });
});
