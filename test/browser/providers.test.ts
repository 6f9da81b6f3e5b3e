import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsDirectory, root } from '../serve/fixtures.ts';
import { executablePath } from './browser.ts';

/** The library in a bundle of Vite's, as its users make one, with a GPU that Chromium makes in software. */

const title = existsSync(executablePath) ? '' : ` (skipped: no ${executablePath})`;
const flags = ['--headless=new', '--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

describe.skipIf(title !== '')(`senn-onnx-web in a bundle, with WebGPU${title}`, () => {
  let folder: string;
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-bundle-'));
    const [app, model] = [join(folder, 'app'), join(folder, 'site/models/mnist-disenn')];
    await cp(join(modelsDirectory, 'mnist-disenn'), model, { recursive: true });
    await mkdir(app);
    const library = JSON.stringify(join(root, 'web-client/index.ts'));
    await writeFile(
      join(app, 'index.html'),
      '<link rel="icon" href="data:,"><script type="module" src="./app.ts"></script>',
    );
    await writeFile(
      join(app, 'app.ts'),
      `import { loadModel } from ${library};\nObject.assign(globalThis, { loadModel });`,
    );
    await build({
      root: app,
      base: './',
      configFile: false,
      logLevel: 'silent',
      worker: { format: 'es' },
      build: { outDir: join(folder, 'site'), emptyOutDir: false, reportCompressedSize: false },
    });
    server = createServer(express().use(express.static(join(folder, 'site')))).listen(0, '127.0.0.1');
    browser = await chromium.launch({ executablePath, args: flags });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.loadModel !== undefined');
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a model says of a grey image by one of the providers that are allowed, and what was downloaded for it. */
  const predicted = async (providers: readonly string[] | undefined) => {
    const asked: string[] = [];
    const listen = (request: { url(): string }) => asked.push(request.url());
    page.on('request', listen);
    const options = providers === undefined ? {} : { providers };
    const said = (await page.evaluate(`(async () => {
      const model = await loadModel('models/mnist-disenn', ${JSON.stringify(options)});
      const [prediction] = await model.predict({ shape: [1, 1, 28, 28], data: new Float32Array(784).fill(0.3) }, { explain: [] });
      const { thread, executionProvider } = model;
      await model.close();
      return { thread, executionProvider, logits: prediction.logits };
    })()`)) as { thread: string; executionProvider: string; logits: number[] };
    page.off('request', listen);
    return { ...said, runtimes: asked.filter((url) => url.endsWith('.wasm')).map((url) => url.includes('asyncify')) };
  };

  it('runs on WebAssembly in a worker, without the larger build, where nobody asks for more', async () => {
    expect(await predicted(undefined)).toMatchObject({
      thread: 'worker',
      executionProvider: 'wasm',
      runtimes: [false],
    });
  });

  it('gives by WebGPU the numbers of WebAssembly, and chooses what is faster', async (context) => {
    const hasGpu = await page.evaluate('navigator.gpu?.requestAdapter().then((adapter) => adapter !== null)');
    context.skip(hasGpu !== true, 'this Chromium has no WebGPU, not even in software');
    const wasm = await predicted(['wasm']);
    const gpu = await predicted(['webgpu']);
    expect([wasm.executionProvider, gpu.executionProvider, gpu.runtimes]).toEqual(['wasm', 'webgpu', [true]]);
    const differences = gpu.logits.map((logit, c) => Math.abs(logit - (wasm.logits[c] as number)));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
    // a GPU in software is hundreds of times slower
    expect(await predicted(['webgpu', 'wasm'])).toMatchObject({ executionProvider: 'wasm', runtimes: [true] });
  });
});
