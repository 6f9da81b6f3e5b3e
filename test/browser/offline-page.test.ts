import { expect, it } from 'vitest';
import { describePage, drawOn, page, server } from './mnist-page.ts';

/** The page without a network, once it was there with one. */

const kept = (of: typeof page) =>
  expect.poll(() => of.evaluate('document.documentElement.dataset.offline'), { timeout: 60_000 }).toBe('ready');
const modelOf = (of: typeof page) => async () =>
  (JSON.parse((await of.locator('#result').textContent()) ?? 'null') as { model: string; source: string } | null) ?? {};

describePage('the page without a network', () => {
  it('opens, predicts, and changes to a model that it never opened before', async () => {
    await kept(page);
    await page.context().setOffline(true);
    await page.reload();
    await expect.poll(modelOf(page), { timeout: 30_000 }).toMatchObject({ model: 'mnist-disenn' });
    await page.locator('#clear').click();
    await drawOn(page, [0.3, 0.25], [0.72, 0.25], [0.45, 0.85]);
    await expect.poll(modelOf(page)).toMatchObject({ source: 'drawing' });
    await page.locator('#model').selectOption('another');
    await expect.poll(modelOf(page), { timeout: 30_000 }).toMatchObject({ model: 'another', source: 'drawing' });
    await page.reload();
    await expect.poll(modelOf(page), { timeout: 30_000 }).toMatchObject({ model: 'another' });
    await page.context().setOffline(false);
  });

  it('can be installed: a manifest that the browser takes, with an icon', async () => {
    const session = await page.context().newCDPSession(page);
    const { url, errors, data } = await session.send('Page.getAppManifest');
    expect(url).toBe(`${server.url}/app.webmanifest`);
    expect(errors).toEqual([]);
    const { icons, start_url: start } = JSON.parse(data as string) as { icons: { src: string }[]; start_url: string };
    for (const address of [start, ...icons.map(({ src }) => src)]) {
      expect((await fetch(new URL(address, url))).status).toBe(200);
    }
  });

  it('never keeps an answer of the server', async () => {
    await kept(page);
    await page.locator('#compare').click();
    await expect
      .poll(() => page.locator('#difference').getAttribute('data-difference'), { timeout: 10_000 })
      .not.toBeNull();
    const urls = (await page.evaluate(
      `caches.open('senn-onnx-1').then((cache) => cache.keys()).then((all) => all.map(({ url }) => url))`,
    )) as string[];
    expect(urls.length).toBeGreaterThan(8);
    for (const url of urls)
      expect(new URL(url).pathname).toMatch(/^\/($|assets\/|models$|models\/|icon\.svg$|app\.webmanifest$)/);
  });
});
