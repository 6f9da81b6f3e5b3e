import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../serve/fixtures.ts';
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
    const nearest = page.locator('#nearest');
    await expect
      .poll(() => nearest.textContent(), { timeout: 10_000 })
      .toMatch(/^The nearest 7: .*, and the model reads it so$/);
    const answer = page.locator('#answer');
    const give = (name: string, buffer: Buffer) =>
      page.locator('#file').setInputFiles({ name, mimeType: 'image/png', buffer });
    await give('7.png', await readFile(join(root, 'test/fixtures/digits/7.png')));
    await expect.poll(() => answer.textContent(), { timeout: 10_000 }).toMatch(/^7\.png: 7, with probability/);
    await give('notes.png', Buffer.from('no image'));
    await expect.poll(() => answer.textContent(), { timeout: 10_000 }).toMatch(/^invalid_image: notes\.png/);
    expect([...asked].sort()).toEqual(['', '.js', '.json', '.onnx', '.wasm']);
    expect(problems).toEqual([]);
  });
});
