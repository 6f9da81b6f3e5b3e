import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sourceOf } from '../../core/scoring/source.ts';
import { tensor } from '../../core/tensor.ts';
import { scoreCommand } from '../../serve/commands/score/command.ts';
import { inFolder } from '../../training/files/make-folder.ts';
import { testModels } from '../helpers/models.ts';
import { axeFaults } from './axe.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';

/** The page of a scoring report: it keeps its own policy, and people can read it. */

const models = ['mnist-disenn', 'mnist-senn'].map((name) => join(testModels, name));
const missing = [executablePath, ...models].filter((path) => !existsSync(path));

const source = async (name: string) => {
  const data = Float32Array.from({ length: 12 * 784 }, (_, i) => (Math.floor(i / 5) % 7 === 0 ? 1 : 0));
  const labels = Int32Array.from({ length: 12 }, (_, n) => n % 10);
  return sourceOf({ name, input: tensor(data, [12, 1, 28, 28]), labels }, '0'.repeat(64));
};

describe.skipIf(missing.length > 0)('the page of a report', () => {
  let folder = '';
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-score-page-'));
    vi.spyOn(console, 'log').mockReturnValue(undefined);
    const given = models.flatMap((model) => ['--model', model]);
    const asked = ['--metrics', 'faithfulness,ncc,accuracy', '--attributions', 'occlusion', '--threads', '1'];
    await scoreCommand({ openSource: source, inFolder }).parseAsync(
      [...given, '--data', 'stripes:<test>', ...asked, '--out', join(folder, 'report')],
      { from: 'user' },
    );
    browser = await launchBrowser();
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const url = () => pathToFileURL(join(folder, 'report', 'report.html')).href;

  it.each(['light', 'dark'] as const)(
    'axe finds nothing, %s',
    async (colorScheme) => {
      const page = await browser.newPage({ bypassCSP: true, colorScheme, viewport: { width: 1200, height: 900 } });
      await page.goto(url());
      expect(await axeFaults(page)).toEqual([]);
      await page.close();
    },
    180_000,
  );

  it('keeps its own policy: no problem in the console, and its style applies', async () => {
    const page = await browser.newPage();
    const problems = watchProblems(page);
    await page.goto(url());
    expect(await page.locator('h1').textContent()).toBe('Explanations of mnist-disenn, mnist-senn on stripes:<test>');
    expect(await page.evaluate('getComputedStyle(document.querySelector("table")).borderCollapse')).toBe('collapse');
    expect(await page.evaluate('document.scripts.length')).toBe(0);
    expect(problems).toEqual([]);
    await page.close();
  });
});
