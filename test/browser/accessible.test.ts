import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMetrics } from '../../training/figures/charts/metrics-csv.ts';
import { trainingCurves } from '../../training/figures/charts/training-curves.ts';
import { toHtml } from '../../training/report/html.ts';
import { runReport } from '../../training/report/run-report.ts';
import { testModels } from '../helpers/models.ts';
import { record } from '../training/report/record.ts';
import { axeFaults } from './axe.ts';
import { executablePath, launchBrowser } from './browser.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

/** What people read in a browser, as axe-core judges it: landmarks, names, contrast, what a keyboard reaches. */

const MODELS = ['mnist-disenn', 'compas-senn'];
const missing = [executablePath, ...MODELS.map((model) => join(testModels, model))].filter((path) => !existsSync(path));
const title = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

async function reportPage(): Promise<string> {
  const lines = ['epoch,learningRate,loss', '1,0.003,2', '2,0.0015,1', '3,0.00000003,0.5'];
  const epochs = parseMetrics(lines.join('\n'), 'test');
  const figure = {
    name: 'curves',
    title: 'Training curves',
    caption: 'The loss.',
    svg: await trainingCurves({ epochs }),
  };
  const counts = { training: 60_000, test: 10_000 };
  const commands = [`npx senn train --config ${'long/'.repeat(60)}c.json`];
  return toHtml(runReport({ record, epochs, counts, environment: {}, figures: [figure], commands, notes: [] }));
}

describe.skipIf(missing.length > 0)(`axe finds nothing${title}`, () => {
  let folder: string;
  let server: SennServer;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-axe-'));
    for (const model of MODELS) await cp(join(testModels, model), join(folder, 'models', model), { recursive: true });
    await writeFile(join(folder, 'report.html'), await reportPage());
    server = await startSennServer(join(folder, 'models'));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const opened = (colorScheme: 'light' | 'dark', width = 1200): Promise<Page> =>
    browser.newPage({ bypassCSP: true, colorScheme, viewport: { width, height: 900 } });

  it.each(MODELS)('in the page of %s', async (model) => {
    const page = await opened('light');
    await page.goto(`${server.url}/?model=${model}`);
    await expect.poll(() => page.locator('#result').textContent(), { timeout: 60_000 }).not.toBe('null');
    expect(await axeFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await axeFaults(page)).toEqual([]);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('in the report of a run, %s, on a narrow screen', async (scheme) => {
    const page = await opened(scheme, 390);
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    expect(await page.locator('main h1').count()).toBe(1);
    expect(await axeFaults(page)).toEqual([]);
    await page.close();
  });

  it.each([
    ['the list of the routes, opened', '/docs'],
    ['what makes a class, of images', '/models/mnist-disenn/classes/4'],
    ['what makes a class, of a table', '/models/compas-senn/classes/1'],
  ])('in %s, light and dark, on a narrow screen', async (_, path) => {
    for (const scheme of ['light', 'dark'] as const) {
      const page = await opened(scheme, 390);
      await page.setExtraHTTPHeaders({ accept: 'text/html' });
      await page.goto(`${server.url}${path}`);
      await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
      expect(await axeFaults(page), scheme).toEqual([]);
      await page.close();
    }
  });

  it('in a figure as a page', async () => {
    const page = await opened('light', 390);
    const image = await readFile('test/fixtures/digits/7.png');
    const response = await fetch(`${server.url}/predict?model=mnist-disenn`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', accept: 'text/html' },
      body: new Uint8Array(image),
    });
    const html = await response.text();
    expect(html).toContain('from h − q to h + q, where h is its activation for this input');
    await page.setContent(html);
    expect(await axeFaults(page)).toEqual([]);
    await page.close();
  });
});
