import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testModels } from '../helpers/models.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

const MODEL = 'mnist-prototype-dnn';
const missing = [executablePath, join(testModels, MODEL)].filter((path) => !existsSync(path));
const title = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

describe.skipIf(missing.length > 0)(`the page for a model that cannot move its concepts, in Chromium${title}`, () => {
  let folder: string;
  let server: SennServer;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-models-'));
    for (const name of [MODEL, 'mnist-disenn'])
      await cp(join(testModels, name), join(folder, name), { recursive: true });
    server = await startSennServer(folder);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows their decoded prototypes in the place of strips, and strips again for a model that can', async () => {
    const page = await browser.newPage();
    const problems = watchProblems(page);
    await page.goto(`${server.url}/?model=${MODEL}`);
    const result = page.locator('#result');
    await expect.poll(() => result.textContent(), { timeout: 30_000 }).toContain(MODEL);
    expect(JSON.parse((await result.textContent()) as string).prediction).toMatchObject({ label: '7', traversals: [] });
    const rows = await page.locator('#concepts [data-concept]').count();
    expect(rows).toBeGreaterThan(9);
    expect(await page.locator('[data-artefact="decodedPrototypes"]').count()).toBe(rows);
    expect(await page.locator('[data-without="traversals"]').isVisible()).toBe(true);
    expect(await page.locator('.strip').count()).toBe(0);

    await page.locator('#model').selectOption('mnist-disenn');
    await expect.poll(() => result.textContent(), { timeout: 30_000 }).toContain('mnist-disenn');
    expect(await page.locator('.strip').count()).toBe(10);
    expect(await page.locator('[data-artefact="decodedPrototypes"]').count()).toBe(0);
    expect(await page.locator('[data-without="traversals"]').isVisible()).toBe(false);
    expect(problems).toEqual([]);
  });
});
