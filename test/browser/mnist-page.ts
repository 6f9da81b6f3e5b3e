import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { type PredictResponse, predictResponseSchema } from '../../core/api.ts';
import type { Prediction, Predictor } from '../../core/predictor.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../serve/models/model-folder.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { testImages } from './digits.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

/** The page of mnist-disenn in Chromium, opened anew for every test, and what a test does with it. */

/** Folder of the models that are tested. */
export const models = process.env['SENN_TEST_MODELS'] ?? 'models';

/** Files that the tests need and this machine lacks. */
const missing = [executablePath, testImages].filter((file) => !existsSync(file));

/** The content of the page's `#result`. */
interface Result {
  readonly model: string;
  readonly executionProvider: string;
  readonly source: string;
  readonly name: string;
  readonly input: number[];
  readonly prediction: Omit<Prediction, 'traversals'> & { traversals: { concept: number; values: number[] }[] };
}

export let server: SennServer;
/** The same model without the page, in onnxruntime-node. */
export let predictor: Predictor;
/** The page of the test that runs. */
export let page: Page;
/** Opens a page whose problems are no fault, as when there is no network. */
export let openPage: () => Promise<Page>;

function openPages(): void {
  let folder: string;
  let browser: Browser;
  let problems: string[];

  beforeAll(async () => {
    folder = await twoModels();
    server = await startSennServer(folder);
    predictor = await loadPredictor(join(folder, 'mnist-disenn'), openSession);
    browser = await launchBrowser();
    openPage = () => browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await predictor?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    page = await browser.newPage();
    problems = watchProblems(page);
    await page.goto(`${server.url}/?model=mnist-disenn`);
    await expect.poll(() => page.locator('#result').textContent(), { timeout: 30_000 }).not.toBe('null');
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });
}

/** `describe` with a page of mnist-disenn for every test; skipped, and says so, where a file is missing. */
export function describePage(what: string, tests: () => void): void {
  const title = missing.length === 0 ? what : `${what} (skipped: no ${missing.join(', no ')})`;
  describe.skipIf(missing.length > 0)(title, () => {
    openPages();
    tests();
  });
}

/** What the page says of an input, once it says so. */
export const resultOf = async (source: string, name: string): Promise<Result> => {
  const read = async () => JSON.parse((await page.locator('#result').textContent()) ?? 'null') as Result | null;
  await expect.poll(read, { timeout: 10_000 }).toMatchObject({ source, name });
  return (await read()) as Result;
};

/** Gives the page a file. */
export const load = async (name: string, mimeType: string, buffer: Buffer): Promise<Result> => {
  await page.locator('#file').setInputFiles({ name, mimeType, buffer });
  return resultOf('file', name);
};

/** What the server that serves the page answers itself. */
export const askServer = async (png: Buffer): Promise<PredictResponse> => {
  const response = await fetch(`${server.url}/predict?model=mnist-disenn`, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: new Uint8Array(png),
  });
  return predictResponseSchema.parse(await response.json());
};

/** Draws a line on the pad; points are shares of its width and height. */
export const draw = (...points: [number, number][]): Promise<void> => drawOn(page, ...points);

/** The same on another page. */
export const drawOn = async (page: Page, ...points: [number, number][]): Promise<void> => {
  const box = await page.locator('#pad').boundingBox();
  if (box === null) throw new Error('the pad is not visible');
  const [start, ...rest] = points.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const);
  if (start === undefined) return;
  await page.mouse.move(...start);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 8 });
  await page.mouse.up();
};

/** A directory with the model, and with a copy of it under another name. */
async function twoModels(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'senn-models-'));
  const [original, copy] = [join(directory, 'mnist-disenn'), join(directory, 'another')];
  await cp(join(models, 'mnist-disenn'), original, { recursive: true });
  await cp(original, copy, { recursive: true });
  const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as object;
  await writeFile(join(copy, 'manifest.json'), JSON.stringify({ ...manifest, name: 'another' }));
  return directory;
}
