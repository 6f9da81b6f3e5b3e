import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { experiments } from '../../../training/experiments/index.ts';
import { openRun } from '../../../training/experiments/open-run.ts';
import { writeImages } from '../datasets/image-files.ts';
import { config, folder, run, sweep, table, useTable } from '../run/counts.ts';

useTable();

describe('experiments on a run', () => {
  beforeAll(() => run('plain'));

  it('a report of a run has its figures', async () => {
    const out = join(folder, 'report');
    const { files } = await experiments.report.run({ ...sweep, runs: [join(folder, 'plain')], out });
    expect(files.map((file) => file.slice(out.length + 1)).sort()).toEqual([
      'figures/explanation.svg',
      'figures/nearest-neighbours.svg',
      'figures/training-curves.svg',
      'report.html',
      'report.md',
    ]);
  });

  it('a report of images shows training inputs as prototypes, the filters of the encoder, and says how to read strips', async () => {
    const image = (n: number, light: number) => ({
      pixels: Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === n % 8 ? light : 0)),
      width: 8,
      height: 8,
      channels: 1 as const,
    });
    const files = ['a', 'b'].flatMap((name, half) =>
      [0, 1, 2, 3].flatMap((n) => [
        [`train/${name}/${n}.png`, image(4 * half + n, 255)] as const,
        [`test/${name}/${n}.png`, image(4 * half + n, 100)] as const,
      ]),
    );
    await writeImages(join(folder, 'images'), Object.fromEntries(files));
    await run('images-run', {
      data: { name: 'images', path: join(folder, 'images'), height: 8, width: 8, channels: 1 },
      conceptizer: { kind: 'convolutional-vae', concepts: 2, convolutions: [{ filters: 2 }], hidden: [4] },
      parameterizer: { kind: 'convolutional', convolutions: [{ filters: 2 }], hidden: [] },
      epochs: 1,
    });
    const out = join(folder, 'images-report');
    await experiments.report.run({ ...sweep, runs: [join(folder, 'images-run')], out });
    expect((await readdir(join(out, 'figures'))).sort()).toEqual([
      'explanation.svg',
      'filters.svg',
      'nearest-neighbours.svg',
      'prototypes.svg',
      'training-curves.svg',
    ]);
    const html = await readFile(join(out, 'report.html'), 'utf8');
    expect(html, 'how far a concept is moved').toContain(
      'from h − q to h + q, where h is its activation for this input',
    );
    const svg = await readFile(join(out, 'figures/prototypes.svg'), 'utf8');
    const shown = [...svg.matchAll(/data:image\/png;base64,([^"]+)"/g)];
    expect(shown.length).toBe(3 * 2 * 8); // criteria × concepts but the bias × training inputs
    for (const [, bytes] of shown) {
      const { channels } = await sharp(Buffer.from(bytes as string, 'base64')).stats();
      expect(channels[0]?.max).toBe(255);
    }
  });

  it('an opened run predicts what its record says', async () => {
    const { predictor, workspace, record } = await openRun(join(folder, 'plain'));
    const rows = Int32Array.from(workspace.test.split.labels.keys());
    const { test } = workspace.dataset;
    const predictions = await predictor.predict({ shape: test.shape, data: test.gather(rows) }, { explain: [] });
    const right = predictions.filter(({ index }, i) => index === test.labels[i]).length;
    expect(right / rows.length).toBe(record.metrics['testAccuracy']);
  });

  it('a run is not opened on other data than it was trained on', async () => {
    const path = join(folder, 'changing.csv');
    await writeFile(path, table());
    await run('changing', { epochs: 1, data: { ...config().data, path } });
    await writeFile(path, table().replace('many', 'few'));
    await expect(openRun(join(folder, 'changing'))).rejects.toThrow(
      /was trained on data of sha256 \w{64}; they have changed/,
    );
  });

  it('disentanglement needs known factors', async () => {
    const options = { ...sweep, runs: [join(folder, 'plain')], out: join(folder, 'none') };
    await expect(experiments.disentanglement.run(options)).rejects.toThrow('csv does not say which factors');
  });
});
