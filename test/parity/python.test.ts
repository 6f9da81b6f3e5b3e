import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readModelFolder } from '../../serve/models/model-folder.ts';
import { testModels } from '../helpers/models.ts';

const execute = promisify(execFile);
const here = import.meta.dirname;
const checkout = join(here, '../..');

/** The interpreter that `scripts/setup-python.sh` made, or `SENN_PYTHON`. */
const python = process.env['SENN_PYTHON'] ?? join(checkout, '.venv/bin/python');

const hasPackages = await execute(python, ['-c', 'import numpy, onnx, onnxruntime']).then(
  () => true,
  () => false,
);
if (!hasPackages) {
  process.stderr.write(
    `skipped: ${python} with numpy, onnx and onnxruntime is not there; scripts/setup-python.sh makes it\n`,
  );
}

/** What a script printed; what it said fails the test when it fails. */
async function run(script: string, ...args: string[]): Promise<string> {
  const result = await execute(python, [join(here, script), ...args]).catch((error) => error);
  if (result.code) expect.fail(`${script} failed:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

describe.skipIf(!hasPackages)("Python's onnx and ONNX Runtime", () => {
  it('accept every graph of every model and give its golden outputs', async () => {
    const entries = await readdir(testModels);
    const folders = entries
      .map((name) => join(testModels, name))
      .filter((folder) => existsSync(join(folder, 'manifest.json')));
    expect(folders).not.toEqual([]);
    const listed = await Promise.all(folders.map(async (folder) => (await readModelFolder(folder)).manifest.graphs));
    const graphs = listed.flatMap((own, i) => Object.values(own).map(({ file }) => `${folders[i]}/${file}`));
    expect(graphs.length).toBeGreaterThanOrEqual(3 * folders.length);
    const output = await run('check_models.py', ...folders);
    expect(output.match(/(?<=^ok +)\S+(?=:)/gm)).toEqual(graphs);
  });
});
