import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { classPrototypesAt } from '../../core/artefacts/ends/class-prototypes.ts';
import { CLASS_PROTOTYPES_SHOWN, endForAhead, otherEnd } from '../../core/figure/parts/ends/class-ends.ts';
import type { Concept, ListedFile } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import { compareClasses, runnerUp } from '../../core/reasons/comparison.ts';
import { movedWords, readWords, type TurningPoint, turningPoint } from '../../core/reasons/turning-point.ts';
import { tensor } from '../../core/tensor.ts';
import { expectClose } from '../helpers/close.ts';
import { greyLevels, testDigit, toPng } from './digits.ts';
import { askServer, describePage, draw, load, models, page, predictor, resultOf } from './mnist-page.ts';

/** What any two runtimes may differ by. */
const tolerance = { absolute: 1e-4, relative: 0 } as const;
const numbers = ['logits', 'probabilities', 'concepts', 'relevances', 'contributions'] as const;

describePage('the page in Chromium', () => {
  /** Grey levels of the traversal images as the page shows them, `[K][S][H · W]`. */
  /** In the order of the concepts, not of the rows. */
  const shownTraversals = (): Promise<number[][][]> =>
    page.evaluate(`[...document.querySelectorAll('tr[data-concept]')].sort((a, b) => a.dataset.concept - b.dataset.concept).map((row) => [...row.querySelectorAll('.strip canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return Array.from(data).filter((_, i) => i % 4 === 0);
    }))`);

  it('shows test digits with the numbers of onnxruntime-node and of POST /predict', async () => {
    for (const index of [0, 1, 2, 3, 4, 61, 95, 104]) {
      const bytes = testDigit(index);
      const png = await toPng(bytes);
      const { input, prediction, executionProvider } = await load(`digit-${index}.png`, 'image/png', png);
      expect(executionProvider).toBe('wasm');
      expect(input).toEqual(Array.from(bytes, (byte) => Math.fround(byte / 255)));

      const [here] = await predictor.predict({ shape: [1, 1, 28, 28], data: Float32Array.from(input) });
      const [theirs] = (await askServer(png)).predictions;
      for (const reference of [here, theirs]) {
        expect([prediction.label, prediction.index]).toEqual([reference?.label, reference?.index]);
        for (const part of numbers) expectClose(prediction[part], reference?.[part] ?? [], tolerance);
        expectClose(
          prediction.traversals.map(({ values }) => values),
          reference?.traversals?.map(({ values }) => values) ?? [],
          tolerance,
        );
      }
    }
  });

  it('shows the traversal images of POST /predict', async () => {
    const png = await toPng(testDigit(7));
    await load('seven.png', 'image/png', png);
    const shown = await shownTraversals();
    const [prediction] = (await askServer(png)).predictions;
    const theirs = await Promise.all(
      (prediction?.traversals ?? []).map(({ images = [] }) => Promise.all(images.map(greyLevels))),
    );
    expect(theirs.length).toBe(predictor.manifest.concepts.length);
    expectClose(shown, theirs, { absolute: 1, relative: 0 });
  });

  it('shows in the row of each concept training images of both classes, each at the end that speaks for it', async () => {
    const { manifest } = predictor;
    const K = manifest.concepts.length;
    expect(await page.locator('.prototypes').count()).toBe(2 * K);
    const { prediction } = JSON.parse((await page.locator('#result').textContent()) as string) as {
      prediction: Prediction;
    };
    const comparison = compareClasses(prediction, prediction.index, runnerUp(prediction, prediction.index));
    const others = page.locator('.others button');
    if (await others.isVisible()) await others.click();
    const size = { width: CLASS_PROTOTYPES_SHOWN * 28, height: 28 };
    const { file } = manifest.files['classPrototypes'] as ListedFile;
    const sheet = join(models, 'mnist-disenn', file);
    const sides = [0, 3, K - 1].flatMap((k) => {
      const right = endForAhead(prediction.relevances, comparison, k);
      return [
        { k, side: 'first', c: comparison.behind, end: otherEnd(right) },
        { k, side: 'last', c: comparison.ahead, end: right },
      ];
    });
    for (const [i, { k, side, c, end }] of sides.entries()) {
      const strip = `tr[data-concept="${k}"] .ends > .prototypes:${side}-child`;
      expect(await page.locator(strip).getAttribute('aria-label')).toContain(`3 “${manifest.classes[c]}”s`);
      // one pixel of the screen to one of the sheet
      await page.addStyleTag({
        content: `${strip} { position: fixed; inset: 0 auto auto 0; z-index: ${i + 1}; margin: 0; width: ${size.width}px; border-radius: 0; outline: none }`,
      });
      const shown = sharp(await page.locator(strip).screenshot())
        .greyscale()
        .extract({ left: 0, top: 0, ...size });
      const { first } = classPrototypesAt(manifest.concepts[k] as Concept, c, end);
      const row = sharp(sheet)
        .greyscale()
        .extract({ left: 28 * first, top: 28 * k, ...size });
      const [seen, stored] = await Promise.all([shown.raw().toBuffer(), row.raw().toBuffer()]);
      const distance = seen.reduce((sum, byte, at) => sum + Math.abs(byte - (stored[at] as number)), 0) / seen.length;
      expect(distance).toBeLessThan(1);
    }
  });

  it('predicts a drawing as POST /predict does, and says so itself', async () => {
    await page.locator('#clear').click();
    expect(await page.locator('#result').textContent()).toBe('null');
    await draw([0.3, 0.25], [0.72, 0.25], [0.6, 0.5], [0.45, 0.85]);
    await resultOf('drawing', 'drawing');
    await page.waitForTimeout(300);
    const { input, prediction } = await resultOf('drawing', 'drawing');
    expect(input.some((value) => value > 0.9)).toBe(true);

    const [theirs] = (await askServer(await toPng(Buffer.from(input.map((value) => Math.round(value * 255))))))
      .predictions;
    expect(prediction.label).toBe(theirs?.label);
    for (const part of numbers) expectClose(prediction[part], theirs?.[part] ?? [], tolerance);

    await page.locator('#compare').click();
    const difference = page.locator('#difference');
    await expect.poll(() => difference.getAttribute('data-difference'), { timeout: 10_000 }).not.toBeNull();
    expect(Number(await difference.getAttribute('data-difference'))).toBeLessThanOrEqual(1e-4);
    expect(await difference.textContent()).toContain('Same numbers');
  });

  it('writes why one class is ahead of another into the table, and in words, what counts most first', async () => {
    const { prediction } = await load('digit.png', 'image/png', await toPng(testDigit(2)));
    const written = async (): Promise<number[]> => {
      const cells = await page.locator('#concepts [data-concept] .contribution .number').allTextContents();
      return [...cells, (await page.locator('#sum').textContent()) ?? ''].map((text) => Number(text.replace('−', '-')));
    };
    /** Chosen class and the other, in either order: the bars in the order of the rows, and their sum. */
    const expectWritten = async (chosen: number, other: number): Promise<void> => {
      const { ahead, behind, differences, order, margin, deciding } = compareClasses(prediction, chosen, other);
      const [first, second] = [ahead, behind].map((c) => predictor.manifest.classes[c]);
      expect(await page.locator('#why-title').textContent()).toBe(`Why ${first} rather than ${second}?`);
      expectClose(await written(), [...order.map((k) => differences[k] as number), margin], {
        absolute: 0.005_001,
        relative: 0,
      });
      const rows = await page.evaluate(
        `[...document.querySelectorAll('#concepts [data-concept]')].map((row) => [Number(row.dataset.concept), row.classList.contains('deciding')])`,
      );
      expect(rows).toEqual(order.map((k) => [k, deciding.includes(k)]));
      expect(await page.locator('#verdict').textContent()).toMatch(
        `“${first}” rather than “${second}”, mainly because`,
      );
    };
    const { index } = prediction;

    expect(await page.locator('#label').textContent()).toBe(prediction.label);
    await expectWritten(index, runnerUp(prediction, index));

    const other = (index + 1) % 10;
    await page.locator('#contrast').selectOption(String(other));
    await expectWritten(index, other);

    await page.locator(`#classes input[value="${index}"]`).focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#contrast').inputValue()).toBe('');
    await expectWritten(other, index);
  });

  it('shows after the answer what would tip it, as the model reads that, and nothing of another one', async () => {
    const { prediction, input } = await load('digit.png', 'image/png', await toPng(testDigit(2)));
    const given = tensor(Float32Array.from(input), [1, 28, 28]);
    const said = page.locator('#turn-said');
    const expectTurn = async (contrast?: number): Promise<void> => {
      const turn = (await turningPoint(
        predictor,
        prediction as unknown as Prediction,
        given,
        contrast,
      )) as TurningPoint;
      await expect.poll(() => said.textContent()).toBe(readWords(predictor.manifest, turn));
      expect(await page.locator('#turn-what').textContent()).toBe(movedWords(predictor.manifest, turn));
      expect(await page.locator('#turn-words').textContent()).toMatch(/^(It would be read as “.” with.*\.)?$/);
      const shown = (await page.evaluate(
        `(() => { const canvas = document.getElementById('turn-picture'); return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 === 0); })()`,
      )) as number[];
      turn.decoded.data.forEach((value, i) => {
        expect(Math.abs((shown[i] as number) - 255 * value)).toBeLessThan(1.5);
      });
    };
    await expectTurn();
    expect(await page.locator('#turn-changed').getAttribute('aria-label')).toMatch(
      new RegExp(`^What of the picture would change from “${prediction.label}” to “.”`),
    );
    expect(await page.locator('#turn-input-said').textContent()).toMatch(`“${prediction.label}” `);
    expect(await page.locator('#turn-other figcaption').getAttribute('aria-live')).toBe('polite');

    const other = (prediction.index + 4) % 10;
    await page.locator('#contrast').selectOption(String(other));
    await expectTurn(other);

    // why not that class is the same question; between two that are not predicted there is nothing to tip
    await page.locator(`#classes input[value="${other}"]`).check();
    await expectTurn(other);
    await page.locator('#contrast').selectOption(String((other + 1) % 10));
    expect(await said.textContent()).toBe('');
    await page.waitForTimeout(300);
    expect(await said.textContent()).toBe('');
    await page.locator('#clear').click();
    expect(await page.locator('#turn').isVisible()).toBe(false);
  });

  it('has concepts that hardly matter in one row, which the keyboard opens and closes', async () => {
    const { prediction } = await load('digit.png', 'image/png', await toPng(testDigit(0)));
    const { folded, order, differences } = compareClasses(
      prediction,
      prediction.index,
      runnerUp(prediction, prediction.index),
    );
    expect(folded.length).toBeGreaterThan(1);
    const visible = async (): Promise<unknown> =>
      page.evaluate(
        `[...document.querySelectorAll('#concepts tr')].filter((row) => !row.hidden).map((row) => row.dataset.concept ?? 'others')`,
      );
    const own = order.slice(0, order.length - folded.length).map(String);
    expect(await visible()).toEqual([...own, 'others']);
    const button = page.locator('.others button');
    const sum = page.locator('.others .number');
    expect(await button.textContent()).toBe(`${folded.length} other concepts`);
    const total = folded.reduce((all, k) => all + (differences[k] as number), 0);
    expectClose([Number((await sum.first().textContent())?.replace('−', '-'))], [total], {
      absolute: 0.005_001,
      relative: 0,
    });
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    expect(await visible()).toEqual([...own, 'others', ...folded.map(String)]);
    expect(await sum.first().textContent()).toBe('');
    await page.keyboard.press('Space');
    expect(await visible()).toEqual([...own, 'others']);
  });
});
