import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { testDigit, toPng } from './digits.ts';
import { describePage, draw, drawOn, load, openPage, page, resultOf, server } from './mnist-page.ts';
import { startSlowLink } from './slow-link.ts';

const text = async (page: Page, id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? '';
const ready = (page: Page) => expect.poll(() => text(page, 'result'), { timeout: 60_000 }).not.toBe('null');
/** Waits until the page shows a prediction of a model. */
const shows = (page: Page, model: string) =>
  expect.poll(() => text(page, 'result'), { timeout: 30_000 }).toContain(`"model":"${model}"`);

describePage('the models of the page', () => {
  it('change under a drawing, which stays', async () => {
    await draw([0.5, 0.15], [0.5, 0.85]);
    await page.waitForTimeout(300);
    const before = await resultOf('drawing', 'drawing');
    await page.locator('#model').selectOption('another');
    await shows(page, 'another');
    const { source, input } = await resultOf('drawing', 'drawing');
    expect([source, input]).toEqual(['drawing', before.input]);
    expect(new URL(page.url()).searchParams.get('model')).toBe('another');
  });

  it('change under an opened file, which stays; test images are those of the model', async () => {
    await load('digit.png', 'image/png', await toPng(testDigit(2)));
    await page.locator('#model').selectOption('another');
    await shows(page, 'another');
    expect((await resultOf('file', 'digit.png')).input).toEqual(
      Array.from(testDigit(2), (byte) => Math.fround(byte / 255)),
    );
    await page.getByRole('button', { name: 'test image 2', exact: true }).click();
    await resultOf('example', 'test image 2');
    await page.locator('#model').selectOption('mnist-disenn');
    await shows(page, 'mnist-disenn');
    await resultOf('example', 'test image 1');
  });

  it('that cannot be had leave the page as it was, in use, and can be had later', async () => {
    const page = await openPage();
    await page.goto(`${server.url}/?model=mnist-disenn`);
    await ready(page);
    await drawOn(page, [0.5, 0.15], [0.5, 0.85]);
    await page.context().setOffline(true);
    await page.locator('#model').selectOption('another');
    await expect.poll(() => text(page, 'status')).toContain('mnist-disenn is still here');
    expect(await page.locator('#model').inputValue()).toBe('mnist-disenn');
    expect(await page.locator('#progress').isVisible()).toBe(false);
    await page.locator('#clear').click();
    await drawOn(page, [0.3, 0.2], [0.7, 0.2], [0.5, 0.8]);
    await shows(page, 'mnist-disenn');
    await page.context().setOffline(false);
    await page.locator('#model').selectOption('another');
    await shows(page, 'another');
    await page.close();
  });

  it('come although the first try to load the runtime failed', async () => {
    const page = await openPage();
    await page.route('**/*.wasm', (route) => route.abort());
    await page.goto(`${server.url}/?model=mnist-disenn`);
    await expect.poll(() => text(page, 'status'), { timeout: 30_000 }).toContain('.wasm failed');
    await page.unroute('**/*.wasm');
    await page.locator('#model').selectOption('mnist-disenn');
    await ready(page);
    await page.close();
  });

  it('are named where the address names none of them, and none is opened in its place', async () => {
    await page.goto(`${server.url}/?model=mnist-disen`);
    await expect
      .poll(() => text(page, 'status'))
      .toBe('no model "mnist-disen" here; choose another, mnist-disenn; did you mean "mnist-disenn"?');
    expect([await page.locator('#model').inputValue(), await text(page, 'result')]).toEqual(['', 'null']);
    await page.locator('#model').selectOption('another');
    await shows(page, 'another');
  });
});

describePage('the first load', () => {
  it('is compressed, has the runtime and the model at the same time, and shows one bar that only grows', async () => {
    const page = await openPage();
    const link = await startSlowLink(server.url, 2.5e6, 5);
    await page.goto(`${link.url}/?model=mnist-disenn`);
    const shown: number[] = [];
    while ((await text(page, 'result')) === 'null') {
      const value = await page.locator('#progress').getAttribute('value');
      if (value !== null) shown.push(Number(value));
    }
    await page.close();

    const { transfers } = link;
    link.close();
    const bytes = transfers.reduce((sum, transfer) => sum + transfer.bytes, 0);
    expect(bytes).toBeGreaterThan(5e6);
    expect(bytes, 'of 22 MB').toBeLessThan(10.5e6);
    const wasm = transfers.filter(({ path }) => path.endsWith('.wasm'));
    const model = transfers.find(({ path }) => path.endsWith('/model.onnx'));
    expect(wasm).toHaveLength(1);
    expect(wasm[0]?.began).toBeLessThan(model?.began ?? 0);
    expect(model?.began).toBeLessThan(wasm[0]?.ended ?? 0);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(new Set(shown).size).toBeGreaterThan(5);
    expect(shown[0]).toBeLessThan(0.5);
    expect(shown.at(-1)).toBeGreaterThan(0.9);
  });
});
