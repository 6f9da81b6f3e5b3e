import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPanels } from '../../../core/figure/figure.ts';
import type { ImageInput } from '../../../core/images/prepare.ts';
import { figurePage } from '../../../serve/answers/html.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { digitPng, formOf, listening, modelPath, openModels, type TestModels, type TestServer } from '../fixtures.ts';

/** `POST /predict` answers with the explanation as a figure when it is asked to. */

let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  models = await openModels([modelPath]);
  server = await listening({ models });
});

afterAll(async () => {
  await server.close();
  await models.close();
});

/** @param digits which test digits, by their indices; else the first `count` */
async function ask(accept: string, count = 1, query = '', digits = Array.from({ length: count }, (_, i) => i)) {
  const body = formOf(await Promise.all(digits.map((digit) => digitPng(digit))));
  return fetch(`${server.url}/predict${query}`, { method: 'POST', body, headers: { Accept: accept } });
}

describe('Accept', () => {
  it('image/png: one figure, longer by a panel an image', async () => {
    const heights: number[] = [];
    for (const digits of [[0], [0, 0], [0, 0, 0]]) {
      const response = await ask('image/png', digits.length, '?steps=5', digits);
      expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'image/png']);
      expect(response.headers.get('Vary')).toBe('Accept');
      const { format, height } = await sharp(await response.arrayBuffer()).metadata();
      expect(format).toBe('png');
      heights.push(height);
    }
    const [one = 0, two = 0, three = 0] = heights;
    expect(one).toBeGreaterThan(400);
    expect(three - two).toBe(two - one);
  });

  it('image/svg+xml: the figure itself, which asks for nothing outside', async () => {
    const response = await ask('image/svg+xml', 2);
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'image/svg+xml']);
    const svg = await response.text();
    expect(svg).toMatch(/^<svg [^>]*aria-label="[^"]*explanation of 2 inputs"/);
    for (const [, address] of svg.matchAll(/(?:href|src)="([^"]*)"/g)) {
      expect(address).toMatch(/^data:image\/png;base64,/);
    }
    const { format, width, height } = await sharp(Buffer.from(svg)).metadata();
    expect([format, `${width}`, `${height}`]).toEqual([
      'svg',
      ...(/ width="(\d+)" height="(\d+)"/.exec(svg) ?? []).slice(1),
    ]);
  });

  it('text/html: a page that holds the figure and asks for nothing else', async () => {
    const response = await ask('text/html,application/xhtml+xml;q=0.9,*/*;q=0.8');
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await response.text();
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toMatch(/<svg[\s\S]*“7” rather than “[\s\S]*<\/svg>/);
    expect(html).not.toMatch(/<script|javascript:|\bon\w+=/);
    for (const [, address] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
      expect(address).toMatch(/^data:image\/png;base64,/);
    }
    expect(response.headers.get('Content-Security-Policy')).toContain(
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    );
  });

  it.each(['*/*', 'application/json', 'application/*', 'text/plain, */*;q=0.1'])('%s: JSON', async (accept) => {
    const response = await ask(accept, 1, '?explain=none');
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(response.headers.get('Vary')).toBe('Accept');
  });

  it.each(['text/plain', 'application/xml', 'image/jpeg', '*/*;q=0'])('%s: not acceptable', async (accept) => {
    const response = await ask(accept);
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'not_acceptable',
        details: { offered: ['application/json', 'image/png', 'image/svg+xml', 'text/html'] },
      },
    });
  });
});

it('more images than fit in a figure are refused before they are predicted', async () => {
  const response = await ask('image/png', 64);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringMatching(/64 inputs; at most \d+ of/) },
  });
});

it('an image wider than a figure may be fits in none', () => {
  const input: ImageInput = { kind: 'image', channels: 1, height: 28, width: 4096 };
  expect(() => checkPanels(1, { ...fakeManifest, input }, { steps: 7 })).toThrow(
    /at most 0 of model "fake" with 7 steps/,
  );
  expect(() => checkPanels(1, fakeManifest, { steps: 7 })).not.toThrow();
});

it('names in the page are text', () => {
  const page = figurePage('<svg/>', { ...fakeManifest, version: '<b>&"1"' }, 'cpu');
  expect(page).toContain('&#60;b&#62;&#38;&#34;1&#34;');
});
