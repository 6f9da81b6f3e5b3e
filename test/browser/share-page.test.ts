import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { testDigit, toPng } from './digits.ts';
import { describePage, draw, load, page, resultOf, server } from './mnist-page.ts';

/** Steps back, links and files of what the page shows. */

interface State {
  readonly model: string;
  readonly source: string;
  readonly name: string;
  readonly input: number[];
  readonly prediction: { readonly index: number; readonly logits: number[] };
  readonly moved?: { readonly values: number[] };
}
const state = async (): Promise<State | null> =>
  JSON.parse((await page.locator('#result').textContent()) ?? 'null') as State | null;
const until = (expected: object | null) => expect.poll(state, { timeout: 10_000 }).toMatchObject(expected as object);

describePage('what the page shows', () => {
  it('goes back a step, and forward again, by button and by keyboard', async () => {
    expect(await page.locator('#undo').isDisabled()).toBe(true);
    const first = (await state()) as State;
    await page.locator('.example').nth(1).click();
    await until({ name: 'test image 2' });
    await page.locator('#wish').selectOption({ index: 4 });
    await expect.poll(async () => (await state())?.moved !== undefined).toBe(true);
    const { moved } = (await state()) as State;
    await page.locator('#undo').click();
    await expect.poll(async () => (await state())?.moved === undefined).toBe(true);
    await until({ name: 'test image 2' });
    await page.keyboard.press('Control+z');
    await until({ name: 'test image 1', input: first.input });
    expect(await page.locator('#undo').isDisabled()).toBe(true);
    await page.keyboard.press('Control+Shift+Z');
    await until({ name: 'test image 2' });
    await page.locator('#redo').click();
    await until({ moved: { values: moved?.values } });
    expect(await page.locator('#redo').isDisabled()).toBe(true);
  });

  it('is a whole stroke less after a step back, on which one draws on', async () => {
    await page.locator('#clear').click();
    await draw([0.3, 0.25], [0.72, 0.25]);
    await resultOf('drawing', 'drawing');
    await page.waitForTimeout(400);
    const stroke = (await state()) as State;
    await draw([0.72, 0.25], [0.45, 0.85]);
    await expect.poll(async () => (await state())?.input.join() !== stroke.input.join()).toBe(true);
    await page.waitForTimeout(400);
    await page.locator('#undo').click();
    await until({ input: stroke.input });
    await draw([0.5, 0.5], [0.6, 0.6]);
    const lit = (input: readonly number[]): number => input.filter((value) => value > 0.5).length;
    await expect.poll(async () => lit((await state())?.input ?? [])).toBeGreaterThan(lit(stroke.input));
    await page.waitForTimeout(400);
    await page.locator('#undo').click();
    await until({ input: stroke.input });
    await page.locator('#undo').click();
    await expect.poll(state).toBeNull();
  });

  it('is restored by its link, with concepts and classes, and by one that is pasted later', async () => {
    await load('five.png', 'image/png', await toPng(testDigit(8)));
    await page.locator('#wish').selectOption({ index: 2 });
    await expect.poll(async () => (await state())?.moved !== undefined).toBe(true);
    await page.locator('#link').click();
    await expect.poll(() => page.locator('#shared').textContent()).not.toBe('');
    const shown = (await state()) as State;
    const title = await page.locator('#why-title').textContent();
    const link = page.url();
    expect(link).toContain('#x=');

    await page.goto('about:blank');
    await page.goto(link);
    await until({
      source: 'link',
      input: shown.input,
      moved: { values: shown.moved?.values },
      prediction: shown.prediction,
    });
    expect(await page.locator('#why-title').textContent()).toBe(title);
    expect(page.url()).toBe(`${server.url}/?model=mnist-disenn`);

    await page.locator('.example').first().click();
    await until({ source: 'example' });
    await page.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
    await until({ source: 'link', input: shown.input });
    await page.evaluate(`location.hash = '#x=nothing'`);
    await expect
      .poll(() => page.locator('#status').textContent())
      .toContain('the link shows nothing that "mnist-disenn" takes');
    await until({ source: 'link', input: shown.input });
  });

  it('is saved as its numbers, and as the figure of the server', async () => {
    const shown = (await state()) as State;
    for (const [form, begins] of [
      ['json', '{'],
      ['svg', '<svg'],
      ['png', '\u0089PNG'],
    ] as const) {
      const saving = page.waitForEvent('download');
      await page.locator('#save').selectOption(form);
      const download = await saving;
      expect(download.suggestedFilename()).toBe(`mnist-disenn.${form}`);
      const content = (await readFile(await download.path())).toString('latin1');
      expect(content.startsWith(begins)).toBe(true);
      if (form === 'json') expect(JSON.parse(content)).toEqual(shown);
      expect(await page.locator('#save').inputValue()).toBe('');
    }
  });
});
