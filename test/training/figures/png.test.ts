import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { documentOf, element, textAt } from '../../../core/figure/svg.ts';
import { renderPng } from '../../../training/figures/png.ts';

const run = promisify(execFile);

describe('renderPng', () => {
  it.each([1, 2, 3])('has %i pixels to the unit', async (ratio) => {
    const png = await renderPng(documentOf([120, 50], []), ratio);
    const { format, width, height } = await sharp(png).metadata();
    expect([format, width, height]).toEqual(['png', 120 * ratio, 50 * ratio]);
  });

  it('draws the letters, and an image pixel by pixel', async () => {
    const svg = documentOf(
      [60, 40],
      [textAt(5, 30, 'Aθ'), element('rect', { x: 50, y: 0, width: 10, height: 40, fill: '#0072b2' })],
    );
    const grey = await sharp(await renderPng(svg, 1))
      .greyscale()
      .raw()
      .toBuffer();
    expect(grey.filter((value) => value < 80).length).toBeGreaterThan(10);
    const blue = await sharp(await renderPng(svg, 1))
      .extract({ left: 55, top: 20, width: 1, height: 1 })
      .removeAlpha()
      .raw()
      .toBuffer();
    expect([...blue]).toEqual([0x00, 0x72, 0xb2]);
  });

  it('gives the same bytes again', async () => {
    const svg = documentOf([60, 40], [textAt(5, 30, 'again')]);
    expect((await renderPng(svg)).equals(await renderPng(svg))).toBe(true);
  });

  it('refuses a figure that no PNG holds', async () => {
    await expect(renderPng(documentOf([10, 9000], []))).rejects.toThrow(
      'png: 20 × 18000 pixels; a side has at most 16384',
    );
  });

  // fontconfig, by which a machine's fonts are named here, is Linux's
  it.runIf(process.platform === 'linux')('says that a machine has no fonts instead of drawing boxes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'no-fonts-'));
    const config = join(folder, 'fonts.conf');
    await writeFile(config, `<?xml version="1.0"?><fontconfig><dir>${folder}</dir></fontconfig>`);
    const script = `
      import { renderPng } from '${resolve(import.meta.dirname, '../../../training/figures/png.ts')}';
      import { documentOf } from '${resolve(import.meta.dirname, '../../../core/figure/svg.ts')}';
      await renderPng(documentOf([9, 9], [])).catch(({ code, message }) => console.log(code, message));
    `;
    const options = { env: { ...process.env, FONTCONFIG_FILE: config } };
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], options);
    await rm(folder, { recursive: true });
    expect(stdout).toMatch(/^missing_data png: no font on this machine draws the text of a figure/);
  });
});
