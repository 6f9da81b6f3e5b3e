import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictResponseSchema } from '../../../../core/api.ts';
import { explainFiles } from '../../../../serve/commands/explain/explain.ts';
import { openSession } from '../../../../serve/inference/onnxruntime.ts';
import { linearFeatures, linearKernel, linearMean, writeLinearBlackBox } from '../../../helpers/black-box.ts';
import { expectClose } from '../../../helpers/close.ts';

/** `senn explain` for a classifier that explains nothing itself: every form of the figure has its attributions. */

const row = [2, 14, -1];
let folder: string;
let model: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-explain-black-box-'));
  model = await writeLinearBlackBox(folder);
  file = join(folder, 'row.json');
  await writeFile(
    file,
    JSON.stringify({ features: Object.fromEntries(linearFeatures.map((name, f) => [name, row[f]])) }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, artefacts?: ['lime', 'kernel-shap']): Promise<Buffer> {
  const out = join(folder, name);
  await explainFiles({ model, files: [file], out, steps: 7, artefacts }, openSession);
  return readFile(out);
}

/** Of the logit of the predicted class, `no`. */
const values = row.map((value, f) => (linearKernel[f]?.[0] as number) * (value - (linearMean[f] as number)));
const verdict = '“no” rather than “yes”: a (2) and c (−1) speak for “no”, b (14) against it, by kernel-shap.';

describe('senn explain of a black box', () => {
  it('answers with kernel-shap as JSON, where nobody says what with', async () => {
    const { predictions } = predictResponseSchema.parse(JSON.parse((await written('a.json')).toString()));
    const [found] = predictions;
    expect(found).toMatchObject({
      label: 'no',
      attributions: { 'kernel-shap': { queries: 8, features: linearFeatures } },
    });
    expectClose(found?.attributions?.['kernel-shap']?.values ?? [], values, { absolute: 1e-5 });
    expect(found).not.toHaveProperty('concepts');
  });

  it('draws it as SVG: the features that speak for the class, in words and as bars, and what was asked', async () => {
    const svg = (await written('a.svg')).toString();
    expect(svg).toContain(verdict);
    expect(svg).toContain('8 rows asked.');
    expect(svg).not.toMatch(/concept|undefined|NaN/);
    expect(values).toEqual([1, -3, 1]);
    for (const value of ['+1.00', '−3.00']) expect(svg).toContain(`>${value}</text>`);
  });

  it('draws it as PNG, of twice as many pixels as the SVG has units', async () => {
    const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec((await written('b.svg')).toString()) ?? [];
    const image = await sharp(await written('b.png')).metadata();
    expect([image.width, image.height]).toEqual([2 * Number(width), 2 * Number(height)]);
  });

  it('writes a page whose caption tells what each attribution is, and of no concept', async () => {
    const page = (await written('a.html', ['lime', 'kernel-shap'])).toString();
    const caption = /<figcaption>(.*)<\/figcaption>/s.exec(page)?.[1];
    expect(caption).toMatch(
      /^Blue speaks for the class, orange against it\. A value of lime is .*\. A value of kernel-shap is .*\.$/,
    );
    expect(page).toContain('5,000 rows asked.');
    expect(page).not.toContain('oncept');
  });
});
