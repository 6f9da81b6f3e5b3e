import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readModelFolder } from '../../serve/models/model-folder.ts';
import { testModels } from '../helpers/models.ts';
import { pythonWith } from './python.ts';

const execute = promisify(execFile);
const here = import.meta.dirname;

const { python, hasPackages } = await pythonWith('SENN_PYTHON', 'numpy', 'onnx', 'onnxruntime');

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
