import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { predictResponseSchema } from '../../core/api.ts';
import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import type { Prediction } from '../../core/predictor.ts';
import { linearFeatures, writeImageBlackBox, writeLinearBlackBox } from '../helpers/black-box.ts';
import { expectClose } from '../helpers/close.ts';
import { testModels } from '../helpers/models.ts';
import { axeFaults } from './axe.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

const missing = existsSync(executablePath) ? '' : ` (skipped: no ${executablePath})`;
const digit = 'test/fixtures/digits/7.png';

/** The content of the page's `#result`. */
interface Result {
  readonly model: string;
  readonly name: string;
  readonly input: number[];
  readonly prediction: Prediction;
  readonly attributions?: AttributionAnswers;
}

describe.skipIf(missing !== '')(`the page for a black box, in Chromium${missing}`, () => {
  let folder: string;
  let server: SennServer;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-black-box-page-'));
    const models = join(folder, 'models');
    await mkdir(models);
    await cp(join(testModels, 'compas-senn'), join(models, 'compas-senn'), { recursive: true });
    await cp(await writeLinearBlackBox(folder), join(models, 'linear'), { recursive: true });
    await cp(await writeImageBlackBox(folder), join(models, 'sides'), { recursive: true });
    server = await startSennServer(models);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await browser.newPage({ bypassCSP: true }); // for axe
    problems = watchProblems(page);
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const read = async (): Promise<Result | null> => JSON.parse((await page.locator('#result').textContent()) ?? 'null');
  /** Once the model of that name is asked from outside by that attribution. */
  const foundBy = async (model: string, name: string): Promise<Result> => {
    await expect
      .poll(async () => [(await read())?.model, ...Object.keys((await read())?.attributions ?? {})], {
        timeout: 30_000,
      })
      .toEqual([model, name]);
    return (await read()) as Result;
  };
  const textOf = async (id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? '';
  const ask = async (query: string, init: RequestInit) => {
    const response = await fetch(`${server.url}/predict?${query}`, { method: 'POST', ...init });
    return predictResponseSchema.parse(await response.json()).predictions[0];
  };

  it('shows of a table a bar a feature, with the values and the words of the server, and nothing of concepts', async () => {
    await page.goto(`${server.url}/?model=linear`);
    await expect.poll(async () => (await read())?.model, { timeout: 30_000 }).toBe('linear');
    for (const [f, name] of linearFeatures.entries()) {
      await page.getByLabel(name, { exact: true }).fill(String([2, 14, -1][f]));
    }
    await expect.poll(async () => (await read())?.input, { timeout: 10_000 }).toEqual([2, 14, -1]);
    const { attributions, prediction } = await foundBy('linear', 'kernel-shap');
    const features = { a: 2, b: 14, c: -1 };
    const headers = { 'content-type': 'application/json' };
    const theirs = await ask('model=linear&explain=kernel-shap', {
      headers,
      body: JSON.stringify({ instances: [{ features }] }),
    });
    expect(prediction.label).toBe(theirs?.label);
    const [own, other] = [attributions, theirs?.attributions].map((one) => one?.['kernel-shap']);
    expectClose(own?.values ?? [], other?.values ?? [], { absolute: 1e-4, relative: 0 });
    expect({ ...own, values: [] }).toEqual({ ...other, values: [] });
    const rows = await page.locator('#outside-features tr').allInnerTexts();
    expect(rows.map((text) => text.split(/\s+/))).toEqual([
      ['b', '−3.00'],
      ['a', '+1.00'],
      ['c', '+1.00'],
    ]);
    expect(await textOf('verdict')).toBe(
      '“no” rather than “yes”: a (2) and c (−1) speak for “no”, b (14) against it, by kernel-shap.',
    );
    expect(await textOf('outside-words')).toContain('8 rows asked.');
    const shown = await page.locator('body').innerText();
    expect(shown).not.toMatch(/concept/i);
    expect(shown).toContain('A black box, asked from outside');
    expect(await page.locator('#explanation').isVisible()).toBe(false);
    expect(await axeFaults(page)).toEqual([]);
  });

  it('explains with what is chosen, and the class that is chosen', async () => {
    await page.goto(`${server.url}/?model=linear`);
    await foundBy('linear', 'kernel-shap');
    await page.locator('#attribution').selectOption('lime');
    const { attributions } = await foundBy('linear', 'lime');
    expect(attributions?.['lime']).toMatchObject({ explains: 'probability', drawn: 'quartiles', queries: 5000 });
    expect(await textOf('outside-words')).toContain('quartiles of the training set; 5,000 rows asked.');
    const other = attributions?.['lime']?.class.label === 'no' ? 'yes' : 'no';
    await page.locator('#classes').getByText(other, { exact: true }).click();
    const explained = async () => (await read())?.attributions?.['lime']?.class.label;
    await expect.poll(explained, { timeout: 10_000 }).toBe(other);
    expect(await textOf('outside-title')).toBe(`What speaks for “${other}”?`);
  });

  it('colours an image by what speaks for its class: of one that counts ink by halves, each its half', async () => {
    await page.goto(`${server.url}/?model=sides`);
    await expect.poll(() => textOf('status'), { timeout: 30_000 }).toMatch(/^Ready · a black box/);
    expect(await page.locator('#examples').isVisible()).toBe(false);
    await page.locator('#file').setInputFiles(digit);
    const { attributions, prediction, input } = await foundBy('sides', 'occlusion');
    const form = new FormData();
    form.append('image', new Blob([new Uint8Array(await readFile(digit))]), '7.png');
    const theirs = await ask('model=sides&explain=occlusion', { body: form });
    const own = attributions?.['occlusion']?.values ?? [];
    expectClose(own, theirs?.attributions?.['occlusion']?.values ?? [], { absolute: 1e-4, relative: 0 });
    const isOwn = (i: number): boolean => (i % 28 < 14 ? 'left' : 'right') === prediction.label;
    const inkOf = (own: boolean) => input.reduce((sum, value, i) => sum + (isOwn(i) === own ? value : 0), 0);
    expect(inkOf(true)).toBeGreaterThan(inkOf(false));
    const sizes = await page.evaluate(
      "(({ width, height }) => [width, height])(document.getElementById('outside-map'))",
    );
    expect(sizes).toEqual([28, 28]);
    expect(await page.locator('#outside-map').getAttribute('aria-label')).toMatch(
      /^occlusion: logit of “.*Blue speaks/,
    );
    expect(await textOf('verdict')).toContain('what is blue speaks for');
    expect(await axeFaults(page)).toEqual([]);
    await page.locator('#model').selectOption('compas-senn');
    await expect.poll(async () => (await read())?.model, { timeout: 30_000 }).toBe('compas-senn');
    expect(await page.locator('#outside').isVisible()).toBe(false);
    expect(await page.locator('#explanation').isVisible()).toBe(true);
  });
});
