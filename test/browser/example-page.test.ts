import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import express from 'express';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsDirectory, root } from '../serve/fixtures.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';

const standalone = join(root, 'web-client/dist/standalone');
const missing = [executablePath, standalone].filter((path) => !existsSync(path));
const title = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

describe.skipIf(missing.length > 0)(`examples/browser, with the library as one file, in Chromium${title}`, () => {
  let folder: string;
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-site-'));
    await cp(join(root, 'examples/browser'), folder, { recursive: true });
    await cp(standalone, folder, { recursive: true });
    await cp(join(modelsDirectory, 'mnist-disenn'), join(folder, 'models/mnist-disenn'), { recursive: true });
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";
    const site = express()
      .use((_request, response, next) => {
        response.setHeader('Content-Security-Policy', policy);
        next();
      })
      .use(express.static(folder));
    server = createServer(site).listen(0, '127.0.0.1');
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('predicts from static files, under a strict policy', async () => {
    const page = await browser.newPage();
    const problems = watchProblems(page);
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(extname(new URL(request.url()).pathname)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await expect.poll(() => page.locator('#answer').textContent(), { timeout: 30_000 }).toMatch(/^1, with probability/);
    expect(await page.locator('#reasons li').count()).toBe(10);
    expect([...asked].sort()).toEqual(['', '.js', '.json', '.onnx', '.wasm']);
    expect(problems).toEqual([]);
  });
});
