import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { type Site, standalone, startSite } from './site.ts';

const missing = [executablePath, standalone].filter((path) => !existsSync(path));
const title = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

describe.skipIf(missing.length > 0)(`examples/browser, with the library as one file, in Chromium${title}`, () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    site = await startSite();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it('predicts from static files, under a strict policy', async () => {
    const page = await browser.newPage();
    const problems = watchProblems(page);
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(extname(new URL(request.url()).pathname)));
    await page.goto(`${site.url}/`);
    await expect.poll(() => page.locator('#answer').textContent(), { timeout: 30_000 }).toMatch(/^1, with probability/);
    expect(await page.locator('#reasons li').count()).toBe(10);
    expect([...asked].sort()).toEqual(['', '.js', '.json', '.onnx', '.wasm']);
    expect(problems).toEqual([]);
  });
});
