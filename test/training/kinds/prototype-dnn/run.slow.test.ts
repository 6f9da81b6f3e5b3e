import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staticShape } from '../../../../core/artefacts/static-content.ts';
import { exportRun } from '../../../../export/write/write-model.ts';
import { decodeStatic } from '../../../../serve/models/static-files.ts';
import { prototypeDnn } from '../../../../training/kinds/prototype-dnn/index.ts';
import { executeRun } from '../../../../training/run/execute.ts';
import { useBackend } from '../../backends/installed.ts';
import { writeImages } from '../../datasets/image-files.ts';
import { tinyPrototypeConfig } from './tiny.ts';

/** A PrototypeDNN through the whole house: trained, its prototypes decoded, exported. */
describe('a run of a PrototypeDNN', () => {
  let folder = '';
  beforeAll(async () => {
    await useBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'senn-prototype-dnn-'));
    const image = (n: number) => ({
      pixels: Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === n ? 255 : 0)),
      width: 8,
      height: 8,
      channels: 1 as const,
    });
    const files = ['a', 'b'].flatMap((name, half) =>
      [0, 1, 2, 3].flatMap((n) =>
        ['train', 'test'].map((part) => [`${part}/${name}/${n}.png`, image(4 * half + n)] as const),
      ),
    );
    await writeImages(join(folder, 'images'), Object.fromEntries(files));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('becomes a model folder without a decoder, whose decoded prototypes are images, one a concept', async () => {
    const data = { name: 'images', path: join(folder, 'images'), height: 8, width: 8, channels: 1 } as never;
    const config = tinyPrototypeConfig({ name: 'tiny-prototypes', data, epochs: 1 });
    const out = join(folder, 'run');
    const nothing = () => {};
    const record = await executeRun({
      ...{ config, backend: 'wasm', out, resume: false, now: () => 0, reportEvery: 100 },
      ...{ onProgress: nothing, onEpoch: nothing },
    });
    expect(record.kind).toBe('prototype-dnn');
    for (const [j, { name }] of record.concepts.entries())
      expect(name).toMatch(new RegExp(`^prototype ${String.fromCharCode(65 + j)} \\([ab]\\)$`));

    const { manifest } = await exportRun(out, join(folder, 'tiny-prototypes'));
    expect(Object.keys(manifest.graphs).sort()).toEqual(['conceptizer', 'model', 'parameterizer']);
    expect(manifest.artefacts).toEqual(expect.arrayContaining([...prototypeDnn.artefacts]));
    expect(manifest.artefacts).not.toContain('traversals');
    const counts = record.concepts.map(() => 1);
    const sheet = await readFile(join(folder, 'tiny-prototypes/decoded-prototypes.png'));
    expect(decodeStatic(sheet, counts, manifest, 'sheet').shape).toEqual(staticShape(counts, manifest));
  });
});
