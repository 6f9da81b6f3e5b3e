import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testModels } from '../helpers/models.ts';
import { executablePath, launchBrowser, watchProblems } from './browser.ts';
import { type SennServer, startSennServer } from './senn-server.ts';

const missing = [executablePath, testModels].filter((path) => !existsSync(path));
const title = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

describe.skipIf(missing.length > 0)(`/docs in Chromium${title}`, () => {
  let server: SennServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startSennServer(testModels);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('reads under the strictest policy, and asks nobody for anything', async () => {
    const page = await browser.newPage();
    const problems = watchProblems(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const answer = await page.goto(`${server.url}/docs`, { waitUntil: 'networkidle' });
    expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'");
    const predict = page.locator('#postPredict');
    expect(await predict.getByText('counterfactual needs it').isVisible()).toBe(false);
    await predict.locator('summary').click();
    expect(await predict.getByText('counterfactual needs it').isVisible()).toBe(true);
    await predict.getByRole('link', { name: 'PredictResponse' }).click();
    expect(page.url()).toBe(`${server.url}/docs#schema-PredictResponse`);
    await expect.poll(() => page.locator('#schema-PredictResponse').isVisible()).toBe(true);
    expect(asked).toEqual([`${server.url}/docs`]);
    expect(problems).toEqual([]);
  });
});
