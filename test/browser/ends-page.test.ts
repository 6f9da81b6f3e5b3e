import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenTensorOf } from '../../core/golden.ts';
import { sizeOf } from '../../core/tensor.ts';
import { upgradedFilesOf } from '../../export/write/upgrade-model.ts';
import { readGolden, readModelFolder } from '../../serve/models/model-folder.ts';
import { writeFolder } from '../../training/files/folders.ts';
import { staticDocuments } from '../../training/run/statics.ts';
import { testModels } from '../helpers/models.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

/** mnist-disenn as if it had one low prototype of each concept and none of each class, a phrase, and a training set that it redraws without any error. */

const MODEL = 'mnist-disenn';
const missing = [executablePath, join(testModels, MODEL)].filter((path) => !existsSync(path));
const title = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

async function writeModel(folder: string): Promise<void> {
  const shipped = await readModelFolder(join(testModels, MODEL));
  const input = goldenTensorOf(await readGolden(shipped), 'input');
  const [, ...shape] = input.shape;
  const { manifest } = shipped;
  const concepts = manifest.concepts.map(({ classPrototypes: _, ...concept }, k) => ({
    ...concept,
    ...(k === 0 && { phrase: 'what it is', ends: { low: 'an open curve', high: 'a closed loop' } }),
    // concept 0 lies above its mean in every input, concept 1 below
    mean: k === 0 ? -100 : 100,
    lowPrototypes: [0],
    lowPrototypeLabels: [0],
  }));
  const data = new Float32Array(concepts.length * sizeOf(shape));
  for (let k = 0; k < concepts.length; k++) data.set(input.data.subarray(0, sizeOf(shape)), k * sizeOf(shape));
  const made = staticDocuments(
    { input: manifest.input, concepts },
    {
      lowPrototypes: { shape: [concepts.length, 1, ...shape], data },
    },
  );
  const familiarity = { shares: [0, 1], squared: [0, 0], relative: [0, 0] };
  const { files } = await upgradedFilesOf(shipped.path, { concepts, familiarity }, made);
  await writeFolder(join(folder, MODEL), files, 'manifest.json');
}

describe.skipIf(missing.length > 0)(`the page for a model of two ends, in Chromium${title}`, () => {
  let folder: string;
  let server: SennServer;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-models-'));
    await writeModel(folder);
    server = await startSennServer(folder);
    browser = await launchBrowser();
    page = await browser.newPage();
    problems = watchProblems(page);
    await page.goto(`${server.url}/?model=${MODEL}`);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const inRow = (k: number, what: string) => page.locator(`#concepts tr[data-concept="${k}"] ${what}`);

  it('shows the end of each concept that the input lies towards, and says which', async () => {
    await expect.poll(() => page.locator('#result').textContent(), { timeout: 30_000 }).toContain(MODEL);
    const marked = (mark: string) =>
      Promise.all([0, 1].map((k) => inRow(k, `.prototypes.${mark}`).getAttribute('data-artefact')));
    expect(await marked('toward')).toEqual(['prototypes', 'lowPrototypes']);
    expect(await marked('faint')).toEqual(['lowPrototypes', 'prototypes']);
    expect(await inRow(0, '.leaning').textContent()).toMatch(/high →$/);
    expect(await inRow(1, '.leaning').textContent()).toMatch(/^← .*low$/);
    expect(await page.locator('.note [data-with="lowPrototypes"]').isVisible()).toBe(true);
    expect(await page.locator('.note [data-without="lowPrototypes"]').isVisible()).toBe(false);
    expect(await inRow(0, 'th').getAttribute('title')).toMatch(
      /: what it is; low: an open curve, high: a closed loop$/,
    );
    expect(await inRow(0, '.end-words.toward').textContent()).toBe('a closed loop');
  });

  it('says of an input that is unlike the training inputs that it is, and nothing without an input', async () => {
    const warning = page.locator('#unfamiliar');
    expect(await warning.textContent()).toMatch(/^Unlike the training images: /);
    expect(await warning.isVisible()).toBe(true);
    await page.locator('#clear').click();
    expect(await warning.isVisible()).toBe(false);
    expect(await page.locator('.toward').count()).toBe(0);
    expect(await page.locator('#reason').isVisible()).toBe(false);
    expect(problems).toEqual([]);
  });
});
