import sharp from 'sharp';
import { expect, it } from 'vitest';
import { testDigit, toPng } from './digits.ts';
import { describePage, draw, load, page, resultOf, server } from './mnist-page.ts';

describePage('the page in use', () => {
  it('predicts while the pen is still down', async () => {
    await page.locator('#clear').click();
    const box = await page.locator('#pad').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 90, (box?.y ?? 0) + 60);
    await page.mouse.down();
    await page.mouse.move((box?.x ?? 0) + 100, (box?.y ?? 0) + 200, { steps: 5 });
    const { source } = await resultOf('drawing', 'drawing');
    expect(source).toBe('drawing');
    await page.mouse.up();
  });

  it('fits a large dark-on-light image, and says why it cannot read another', async () => {
    const dark = await toPng(testDigit(2).map((byte) => 255 - byte));
    const large = sharp(dark).resize(400, 400).extend({ right: 200, background: '#fff' });
    const { input } = await load('photo.jpg', 'image/jpeg', await large.jpeg().toBuffer());
    const differences = Array.from(testDigit(2), (byte, i) => Math.abs(byte / 255 - (input[i] ?? 1)));
    expect(differences.reduce((sum, value) => sum + value, 0) / 784).toBeLessThan(0.03);

    await page
      .locator('#file')
      .setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('hello') });
    await expect.poll(() => page.locator('#status').textContent()).toContain('notes.png: this browser cannot read it');
    await load('digit.png', 'image/png', await toPng(testDigit(0)));
    expect(await page.locator('#status').textContent()).toMatch(/^Ready/);
  });

  it('predicts what was drawn while the model was loading', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/parameterizer.onnx', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${server.url}/?model=mnist-disenn`, { waitUntil: 'domcontentloaded' });
    await expect.poll(() => page.locator('#status').textContent()).toContain('Loading mnist-disenn');
    await draw([0.5, 0.15], [0.5, 0.85]);
    release();
    const { input } = await resultOf('drawing', 'drawing');
    expect(input[14 * 28 + 14]).toBeGreaterThan(0.9);
  });

  it('draws a dot where it is tapped', async () => {
    await page.locator('#clear').click();
    await draw([0.5, 0.5]);
    const { input } = await resultOf('drawing', 'drawing');
    expect(Math.max(...input)).toBeGreaterThan(0.9);
  });

  it('is drawn on by the keyboard: a pen that is moved, put down, and lifted', async () => {
    await page.locator('#clear').click();
    await page.locator('#pad').focus();
    const keys = (key: string, times: number) => Array.from({ length: times }, () => key);
    const stroke = [...keys('ArrowUp', 8), ...keys('ArrowLeft', 5), ' ', ...keys('ArrowRight', 10)];
    for (const key of [...stroke, ...keys('ArrowDown', 18), ' ', ...keys('ArrowLeft', 5)])
      await page.keyboard.press(key);
    await page.waitForTimeout(400);
    const { input, prediction } = await resultOf('drawing', 'drawing');
    const lit = (row: number) =>
      Array.from({ length: 28 }, (_, x) => input[28 * row + x] as number).filter((v) => v > 0.5).length;
    expect(prediction.label).toBe('7');
    expect(Math.max(...Array.from({ length: 28 }, (_, row) => lit(row)))).toBeGreaterThan(7); // the bar of the seven
    // after the pen was lifted nothing more was drawn
    expect(lit(24)).toBeLessThan(4);
    expect(await page.locator('#pen').isVisible()).toBe(true);
    await page.locator('#clear').focus();
    expect(await page.locator('#pen').isVisible()).toBe(false);
  });

  it('shows its bars in colours that are forced on it, light or dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ forcedColors: 'active', colorScheme });
      const colourOf = async (bar: string): Promise<string> => {
        const picture = sharp(await page.locator(bar).screenshot());
        const { width = 0, height = 0 } = await picture.metadata();
        const middle = { left: Math.floor(width / 8), top: Math.floor(height / 2), width: 1, height: 1 };
        return (await picture.extract(middle).raw().toBuffer()).subarray(0, 3).join();
      };
      const { prediction } = JSON.parse((await page.locator('#result').textContent()) ?? '');
      const least = prediction.probabilities.indexOf(Math.min(...prediction.probabilities));
      const [full, empty] = ['.class.predicted .bar', `.class:has([value="${least}"]) .bar`];
      expect(await colourOf(full)).not.toBe(await colourOf(empty));
    }
  });

  it('loads one WebAssembly file, and nothing from elsewhere', async () => {
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.reload();
    await expect.poll(() => page.locator('#result').textContent(), { timeout: 30_000 }).not.toBe('null');
    expect(urls.filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
    expect(urls.filter((url) => !url.startsWith(server.url))).toEqual([]);
  });

  it('offers the golden inputs as test images, and fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'test image 2', exact: true }).click();
    await resultOf('example', 'test image 2');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});
