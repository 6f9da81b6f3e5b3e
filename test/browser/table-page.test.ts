import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { predictResponseSchema } from '../../core/api.ts';
import type { Prediction } from '../../core/predictor.ts';
import { compareWith } from '../../core/reasons/comparison.ts';
import { expectClose } from '../helpers/close.ts';
import { testModels } from '../helpers/models.ts';
import { tableFeatures, tableRows, writeTableModel } from '../helpers/table-model.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

const missing = existsSync(executablePath) ? '' : ` (skipped: no ${executablePath})`;
const numbers = ['logits', 'probabilities', 'concepts', 'relevances', 'contributions'] as const;

/** The content of the page's `#result`. */
interface Result {
  readonly model: string;
  readonly source: string;
  readonly name: string;
  readonly input: number[];
  readonly prediction: Prediction;
}

describe.skipIf(missing !== '')(`the page for a model of tables, in Chromium${missing}`, () => {
  let folder: string;
  let server: SennServer;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-models-'));
    await cp(join(testModels, 'mnist-disenn'), join(folder, 'mnist-disenn'), { recursive: true });
    await cp(join(testModels, 'compas-senn'), join(folder, 'compas-senn'), { recursive: true });
    await writeTableModel(folder);
    server = await startSennServer(folder);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await browser.newPage();
    problems = watchProblems(page);
    await page.goto(`${server.url}/?model=table`);
    await resultOf('example', 'example 1');
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const read = async (): Promise<Result | null> => JSON.parse((await page.locator('#result').textContent()) ?? 'null');
  const resultOf = async (source: string, name: string): Promise<Result> => {
    await expect.poll(read, { timeout: 30_000 }).toMatchObject({ source, name });
    return (await read()) as Result;
  };
  const resultFor = async (input: number[]): Promise<Result> => {
    const expected = input.map(Math.fround);
    await expect.poll(async () => (await read())?.input, { timeout: 10_000 }).toEqual(expected);
    return (await read()) as Result;
  };

  it('has a labelled field for every feature: a number with its range, a checkbox for 0 or 1', async () => {
    expect(await page.locator('#features .field').count()).toBe(tableFeatures.length);
    for (const { name, range } of tableFeatures) {
      const field = page.getByLabel(name, { exact: true });
      const type = await field.getAttribute('type');
      if (name === 'female') {
        expect(type).toBe('checkbox');
        continue;
      }
      expect([type, await field.getAttribute('min'), await field.getAttribute('max')]).toEqual([
        'number',
        ...range.map(String),
      ]);
    }
    expect(await page.locator('#drawing').isVisible()).toBe(false);
    const described = await page.getByLabel('age', { exact: true }).getAttribute('aria-describedby');
    expect(await page.locator(`#${described}`).textContent()).toBe('20 to 70 years');
  });

  it('fills the form with an example, in the units of the features', async () => {
    await page.getByRole('button', { name: 'example 2', exact: true }).click();
    const { input } = await resultOf('example', 'example 2');
    expect(input).toEqual((tableRows[1] as number[]).map(Math.fround));
    expect(await page.getByLabel('age', { exact: true }).inputValue()).toBe('60');
    expect(await page.getByLabel('rate', { exact: true }).inputValue()).toBe('0.02');
    expect(await page.getByLabel('female', { exact: true }).isChecked()).toBe(true);
  });

  it('explains what is typed as it is typed, with the numbers of POST /predict, and says so itself', async () => {
    await page.getByLabel('Number_of_Priors', { exact: true }).fill('17');
    await page.getByLabel('female', { exact: true }).check();
    const { prediction, source } = await resultFor([25, 17, 1, 0.05]);
    expect(source).toBe('form');
    const features = { age: 25, Number_of_Priors: 17, female: 1, rate: 0.05 };
    const response = await fetch(`${server.url}/predict?model=table`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: [{ features }] }),
    });
    const [theirs] = predictResponseSchema.parse(await response.json()).predictions;
    expect(prediction.label).toBe(theirs?.label);
    for (const part of numbers) expectClose(prediction[part], theirs?.[part] ?? [], { absolute: 1e-4, relative: 0 });

    await page.locator('#compare').click();
    const difference = page.locator('#difference');
    await expect.poll(() => difference.textContent()).toContain('Same numbers');
    expect(Number(await difference.getAttribute('data-difference'))).toBeLessThanOrEqual(1e-4);
  });

  it('shows every concept with its contribution, and its value, or the features that follow it', async () => {
    const { prediction } = await resultFor(tableRows[0] as number[]);
    const { order, differences } = compareWith(prediction);
    /** Of every concept, in the model's order. */
    const cells = (selector: string) =>
      Promise.all(order.map((_, k) => page.locator(`#concepts [data-concept="${k}"] ${selector}`).textContent()));
    const names = [...tableFeatures.map(({ name }) => name), 'bias', 'standing'];
    (await cells('th')).forEach((text, k) => {
      expect(text).toMatch(new RegExp(`^${names[k]}(decides|against)?$`));
    });
    const written = (await cells('.contribution .number')).map((text) => Number(text?.replace('−', '-')));
    expectClose(written, differences, { absolute: 0.005_001, relative: 0 });
    expect((await cells('.value-cell')).slice(0, 5)).toEqual(['25 years', '3 priors', '0', '0.05 %', 'constant']);
    expect((await cells('.value-cell'))[5]).toMatch(/age .* → .* yearsrate .* → .* %/);
  });

  it('takes a value outside the training range, with a word about it', async () => {
    const age = page.getByLabel('age', { exact: true });
    const note = page.locator(`#${await age.getAttribute('aria-describedby')}`);
    await age.fill('82');
    await resultFor([82, 3, 0, 0.05]);
    expect(await note.textContent()).toBe('outside 20 to 70 years, what it was trained on');
    expect(await age.getAttribute('aria-invalid')).toBe('false');
    await age.fill('70');
    await resultFor([70, 3, 0, 0.05]);
    expect(await note.textContent()).toBe('20 to 70 years');
  });

  it('explains nothing while a field holds no number, and goes on once it does', async () => {
    const age = page.getByLabel('age', { exact: true });
    await age.fill('');
    await expect.poll(read).toBeNull();
    expect(await age.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#status').textContent()).toBe('age: must be a number');
    expect(await page.locator('#compare').isDisabled()).toBe(true);
    await age.fill('30');
    await resultFor([30, 3, 0, 0.05]);
    expect(await page.locator('#status').textContent()).toMatch(/^Ready/);
    await page.waitForTimeout(100);
    await page.getByLabel('rate', { exact: true }).fill('0.07');
    await age.fill('');
    await page.waitForTimeout(300);
    expect(await read(), 'what was typed before the field was emptied').toBeNull();
  });

  it('has one choice for the values of a category, of which no two can be chosen', async () => {
    await page.locator('#model').selectOption('compas-senn');
    await expect.poll(async () => (await read())?.model, { timeout: 30_000 }).toBe('compas-senn');
    const shown = async (name: string): Promise<boolean> => page.getByLabel(name, { exact: true }).isChecked();
    const age = page.getByRole('group', { name: 'Age' });
    await page.getByLabel('Age_Above_FourtyFive', { exact: true }).check();
    await page.getByLabel('Hispanic', { exact: true }).check();
    await page.getByLabel('Age_Below_TwentyFive', { exact: true }).check();
    expect([await shown('Age_Above_FourtyFive'), await shown('Hispanic')]).toEqual([false, true]);
    await expect.poll(async () => (await read())?.input.slice(2, 9)).toEqual([0, 1, 0, 0, 1, 0, 0]);
    await age.getByLabel('none of these').check();
    await expect.poll(async () => (await read())?.input.slice(2, 9)).toEqual([0, 0, 0, 0, 1, 0, 0]);
    await page.getByRole('button', { name: 'example 1', exact: true }).click();
    const { input } = await resultOf('example', 'example 1');
    for (const [f, name] of ['Age_Above_FourtyFive', 'Age_Below_TwentyFive'].entries()) {
      expect(await shown(name)).toBe(input[2 + f] === 1);
    }
    expect(await age.getByLabel('none of these').isChecked()).toBe(input[2] === 0 && input[3] === 0);
  });

  it('keeps what was typed for the next model that takes it', async () => {
    await page.getByLabel('age', { exact: true }).fill('33');
    await resultFor([33, 3, 0, 0.05]);
    await page.locator('#model').selectOption('mnist-disenn');
    await resultOf('example', 'test image 1');
    await page.locator('#model').selectOption('table');
    await resultOf('form', 'form');
    await resultFor([33, 3, 0, 0.05]);
  });

  it('changes between a model of tables and one of images, and back', async () => {
    await page.locator('#model').selectOption('mnist-disenn');
    expect((await resultOf('example', 'test image 1')).model).toBe('mnist-disenn');
    expect(await page.locator('#features').isVisible()).toBe(false);
    expect(await page.locator('#drawing').isVisible()).toBe(true);
    expect(await page.locator('.strip canvas').count()).toBeGreaterThan(0);
    await page.locator('#model').selectOption('table');
    expect((await resultOf('example', 'example 1')).model).toBe('table');
    expect(await page.locator('#features .field').count()).toBe(tableFeatures.length);
    expect(await page.locator('#drawing').isVisible()).toBe(false);
  });

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});
