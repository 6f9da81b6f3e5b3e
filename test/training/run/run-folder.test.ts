import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RUN_MARKER } from '../../../training/config/run-config.ts';
import { checkFolderWritable } from '../../../training/files/folders.ts';
import { networkFiles, writeRunFolder } from '../../../training/run/checkpoint.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { tinyConfig, tinyNetworks } from '../tiny.ts';

describe.each(availableBackends)('the folder of a run, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('a run folder holds networks that tfjs loads and that answer as before', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-run-')), 'run');
    const networks = tinyNetworks(tinyConfig());
    const config = tinyConfig();
    const files = await networkFiles(networks);
    await writeRunFolder(folder, config, files, { 'metrics.csv': '', 'run.json': '{}\n' });
    await writeRunFolder(`${folder}/`, config, files, { 'metrics.csv': 'epoch\n' });
    expect((await readdir(folder)).sort()).toEqual([
      'conceptizer',
      'config.json',
      'decoder',
      'metrics.csv',
      'parameterizer',
    ]);
    const { modelTopology, weightsManifest } = JSON.parse(
      await readFile(join(folder, 'parameterizer/model.json'), 'utf8'),
    );
    const weights = await readFile(join(folder, 'parameterizer', weightsManifest[0].paths[0]));
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology,
        weightSpecs: weightsManifest[0].weights,
        weightData: new Uint8Array(weights).buffer,
      }),
    );
    const x = tf.randomUniform([2, 8, 8, 1], 0, 1, 'float32', 3);
    expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual(
      (networks.parameterizer.predict(x) as tf.Tensor).dataSync(),
    );
    await rm(join(folder, '..'), { recursive: true });
  });

  it('a folder that is no run is never replaced', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'senn-thesis-'));
    await mkdir(join(folder, 'keep'));
    await writeFile(join(folder, 'keep/thesis.tex'), 'x');
    const config = tinyConfig();
    const refusal = {
      code: 'invalid_config',
      message: expect.stringContaining('has no config.json, so it is not replaced'),
    };
    await expect(checkFolderWritable(folder, RUN_MARKER)).rejects.toMatchObject(refusal);
    await expect(writeRunFolder(folder, config, {}, { 'metrics.csv': '' })).rejects.toMatchObject(refusal);
    expect(await readFile(join(folder, 'keep/thesis.tex'), 'utf8')).toBe('x');
    await expect(checkFolderWritable(join(folder, 'keep/thesis.tex/run'), RUN_MARKER)).rejects.toMatchObject({
      code: 'invalid_config',
    });
    await rm(folder, { recursive: true });
  });
});
