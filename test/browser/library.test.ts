import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executablePath, launchBrowser } from './browser.ts';
import { type Site, standalone, startSite } from './site.ts';

const missing = [executablePath, standalone].filter((path) => !existsSync(path));
const title = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

/**
 * Milliseconds: what no task of the page's own thread takes while the worker predicts and explains, and from a stroke to its
 * new explanation, median. A machine that is busy with other tests may take some times as long.
 */
const TARGETS = { task: 50, explanation: 40, slack: 3 } as const;

describe.skipIf(missing.length > 0)(`senn-onnx-web in Chromium${title}`, () => {
  let site: Site;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    site = await startSite();
    await writeFile(
      join(site.folder, 'empty.html'),
      '<!doctype html><title>empty</title><link rel="icon" href="data:,">',
    );
    const [broken, model] = ['broken', 'mnist-disenn'].map((name) => join(site.folder, 'models', name)) as [
      string,
      string,
    ];
    await cp(model, broken, { recursive: true });
    const decoder = await readFile(join(broken, 'decoder.onnx'));
    await writeFile(join(broken, 'decoder.onnx'), decoder.subarray(1));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const open = async (policy?: string): Promise<Page> => {
    const opened = await browser.newPage();
    await opened.goto(`${site.url}/empty.html${policy === undefined ? '' : `?policy=${encodeURIComponent(policy)}`}`);
    return opened;
  };
  beforeEach(async () => {
    await page?.close();
    page = await open();
  });

  /** Runs the body of an async function in the page, with the library as `senn` and a drawn 1 as `canvas`. */
  const run = (body: string, at = page): Promise<unknown> =>
    at.evaluate(`(async () => {
      const senn = await import('./senn-onnx-web.js');
      const canvas = Object.assign(document.createElement('canvas'), { width: 140, height: 140 });
      const drawing = canvas.getContext('2d');
      drawing.fillRect(0, 0, 140, 140);
      Object.assign(drawing, { strokeStyle: 'white', lineWidth: 14, lineCap: 'round' });
      drawing.beginPath(); drawing.moveTo(72, 30); drawing.lineTo(66, 112); drawing.stroke();
      const failure = (promise) => promise.then(() => 'no error', ({ name, code, message }) => ({ name, code, message }));
      ${body}
    })()`);

  it('answers in a worker what it answers on the thread of the page, to the last bit', async () => {
    const same = await run(`
      const [there, here] = [await senn.loadModel('models/mnist-disenn'), await senn.loadModel('models/mnist-disenn', { worker: false })];
      const ask = async (model) => {
        const [prediction] = await model.predict(canvas, { explain: ['traversals'] });
        const input = senn.imageToTensor(canvas, model.manifest.input);
        const image = { shape: input.shape.slice(1), data: input.data };
        return JSON.stringify([
          prediction,
          await model.traverse(canvas, { steps: 3 }),
          await model.counterfactual(canvas, '7'),
          await model.turningPoint(prediction, image, 7),
          await model.classes(),
        ]);
      };
      const [first, second] = [await ask(there), await ask(here)];
      const { counterfactual } = { counterfactual: await there.counterfactual(canvas, '7') };
      const said = await there.predict({ shape: [1, ...counterfactual.decoded.shape], data: counterfactual.decoded.data });
      await there.close();
      return { threads: [there.thread, here.thread], equal: first === second, length: first.length, label: said[0].label };`);
    expect(same).toMatchObject({ threads: ['worker', 'main'], equal: true, label: '7' });
    expect((same as { length: number }).length).toBeGreaterThan(10_000);
  });

  it('takes a canvas, an image, pixels, a bitmap, a file and a tensor alike', async () => {
    const logits = await run(`
      const model = await senn.loadModel('models/mnist-disenn');
      const file = new File([await new Promise((done) => canvas.toBlob(done))], 'one.png');
      const image = new Image();
      image.src = URL.createObjectURL(file);
      const early = await failure(model.predict(new Image(5, 5)));
      await image.decode();
      const inputs = [canvas, image, drawing.getImageData(0, 0, 140, 140), await createImageBitmap(canvas), file,
        new Blob([file]), senn.imageToTensor(canvas, model.manifest.input)];
      const all = [];
      for (const input of inputs) all.push((await model.predict(input, { explain: [] }))[0].logits.join());
      return { different: new Set(all).size, count: all.length, early };`);
    expect(logits).toMatchObject({ different: 1, count: 7, early: { code: 'invalid_image' } });
  });

  it('says what is wrong with an image that does not decode, and takes a photo of 50 megapixels', async () => {
    const photo = await sharp({ create: { width: 8660, height: 5774, channels: 3, background: '#000' } })
      .jpeg()
      .toBuffer();
    await writeFile(join(site.folder, 'photo.jpg'), photo);
    const answers = await run(`
      const model = await senn.loadModel('models/mnist-disenn');
      const tasks = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
      const photo = await (await fetch('photo.jpg')).blob();
      const [seen] = await model.predict(photo);
      await new Promise((done) => setTimeout(done, 100));
      return {
        broken: await failure(model.predict(new File(['no image'], 'notes.txt'))),
        label: seen.label,
        longest: Math.max(0, ...tasks),
        after: (await model.predict(canvas))[0].label,
      };`);
    expect(answers).toMatchObject({
      broken: {
        name: 'SennError',
        code: 'invalid_image',
        message: 'notes.txt: this browser cannot read it as an image',
      },
      label: expect.stringMatching(/^\d$/),
      after: '1',
    });
    expect((answers as { longest: number }).longest).toBeLessThan(TARGETS.task * TARGETS.slack);
  });

  it('says by a code what is wrong with a model, and loads the next', async () => {
    const answers = await run(`
      const missing = await failure(senn.loadModel('models/nothing'));
      const broken = await failure(senn.loadModel('models/broken'));
      const stop = new AbortController();
      const stopped = failure(senn.loadModel('models/mnist-disenn', { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) }));
      return { missing, broken, stopped: await stopped, thread: (await senn.loadModel('models/mnist-disenn')).thread };`);
    expect(answers).toMatchObject({
      missing: { name: 'SennError', code: 'not_found' },
      broken: { name: 'SennError', code: 'invalid_model', message: expect.stringContaining('sha256') },
      stopped: { message: 'enough' },
      thread: 'worker',
    });
  });

  it('says that a worker was ended, to whoever waits and comes, and starts another', async () => {
    const answers = await run(`
      const started = [];
      globalThis.Worker = class extends Worker { constructor(...args) { super(...args); started.push(this); } };
      const model = await senn.loadModel('models/mnist-disenn');
      const waiting = failure(model.counterfactual(canvas, '7'));
      started[0].terminate();
      const answers = { waiting: await waiting, coming: await failure(model.predict(canvas)) };
      await model.close();
      const next = await senn.loadModel('models/mnist-disenn');
      return { ...answers, thread: next.thread, started: started.length, label: (await next.predict(canvas))[0].label };`);
    const ended = { name: 'SennError', code: 'unavailable', message: expect.stringContaining('load the model again') };
    expect(answers).toEqual({ waiting: ended, coming: ended, thread: 'worker', started: 2, label: '1' });
  });

  it('runs on the thread of the page where its policy forbids workers', async () => {
    const strict = await open("worker-src 'none'");
    const answers = await run(
      `const model = await senn.loadModel('models/mnist-disenn');
       return { thread: model.thread, label: (await model.predict(canvas))[0].label };`,
      strict,
    );
    await strict.close();
    expect(answers).toEqual({ thread: 'main', label: '1' });
  });

  it('keeps the thread of the page free, and has the new explanation soon', async () => {
    const measured = (await run(`
      const model = await senn.loadModel('models/mnist-disenn');
      await model.predict(canvas);
      const tasks = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
      const times = [];
      for (let i = 0; i < 30; i++) {
        drawing.lineTo(66 + i, 112);
        drawing.stroke();
        const before = performance.now();
        const [prediction] = await model.predict(canvas);
        times.push(performance.now() - before);
        const input = senn.imageToTensor(canvas, model.manifest.input);
        await model.turningPoint(prediction, { shape: input.shape.slice(1), data: input.data });
        await new Promise(requestAnimationFrame);
      }
      await model.counterfactual(canvas, '7');
      await new Promise((done) => setTimeout(done, 100));
      return { median: times.sort((a, b) => a - b)[15], longest: Math.max(0, ...tasks) };`)) as {
      median: number;
      longest: number;
    };
    process.stdout.write(
      `stroke to explanation ${measured.median.toFixed(1)} ms, longest task ${measured.longest.toFixed(0)} ms\n`,
    );
    expect(measured.longest).toBeLessThan(TARGETS.task * TARGETS.slack);
    expect(measured.median).toBeLessThan(TARGETS.explanation * TARGETS.slack);
  });
});
