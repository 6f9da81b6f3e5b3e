import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { prototypesOf } from '../../../core/artefacts/prototypes.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { verifyModel } from '../../../serve/commands/verify/verify.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { loadModel } from '../../../serve/models/model-folder.ts';
import { modelsDirectory } from '../fixtures.ts';

describe('the prototypes of a model that this repository ships', () => {
  it.each(['mnist-disenn', 'mnist-senn'])('%s: activate their concept most, highest first', async (name) => {
    const { predictor, statics } = await loadModel(join(modelsDirectory, name), openSession);
    const { manifest } = predictor;
    for (const [k, { quantiles, prototypes: indices }] of manifest.concepts.entries()) {
      const inputs = prototypesOf(statics['prototypes'] as Tensor, manifest, k);
      const { concepts } = await predictor.forward(inputs);
      const activations = indices.map((_, p) => concepts.data[p * manifest.concepts.length + k] as number);
      activations.forEach((activation, p) => {
        expect(activation).toBeLessThanOrEqual((activations[p - 1] ?? Number.POSITIVE_INFINITY) + 1e-4);
      });
      expect(activations.length).toBe(9);
      expect(Math.min(...activations)).toBeGreaterThanOrEqual(quantiles.q95 - 1e-4);
    }
    await predictor.close();
  });
});

describe('a model folder whose prototypes are wrong is refused', () => {
  const spoiled = async (content: Uint8Array | string, listed: boolean): Promise<void> => {
    const directory = await mkdtemp(join(tmpdir(), 'senn-prototypes-'));
    try {
      const folder = join(directory, 'mnist-disenn');
      await cp(join(modelsDirectory, 'mnist-disenn'), folder, { recursive: true });
      await writeFile(join(folder, 'prototypes.png'), content);
      if (listed) {
        const path = join(folder, 'manifest.json');
        const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
        const prototypes = { file: 'prototypes.png', sha256: createHash('sha256').update(content).digest('hex') };
        await writeFile(path, JSON.stringify({ ...manifest, files: { prototypes } }));
      }
      await verifyModel(folder, openSession);
    } finally {
      await rm(directory, { recursive: true });
    }
  };
  const png = (width: number, channels: 1 | 3 | 4) =>
    encode({ width, height: 10 * 28, channels, depth: 8, data: new Uint8Array(width * 10 * 28 * channels) });
  const deep = encode({ width: 252, height: 280, channels: 1, depth: 16, data: new Uint16Array(252 * 280) });

  it.each([
    ['other bytes than the manifest lists', 'other', false, /prototypes\.png: sha256 .* must be/],
    ['no PNG', 'other', true, /prototypes\.png: /],
    ['a cut-off PNG', png(252, 1).subarray(0, 60), true, /prototypes\.png: /],
    ['a sheet of another size', png(28, 1), true, /sheet \[1, 280, 28\] must be \[1, 280, 252\] by the manifest/],
    ['a sheet of 16 bits', deep, true, /prototypes\.png: /],
    ['a sheet in colour', png(252, 3), true, /sheet \[3, 280, 252\] must be \[1, 280, 252\]/],
    ['a sheet with transparency', png(252, 4), true, /4 channels must be 1 or 3/],
  ])('%s', async (_what, content, listed, message) => {
    await expect(spoiled(content, listed)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(message),
    });
  });
});
