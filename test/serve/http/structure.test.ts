import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBase64 } from '../../../core/text/base64.ts';
import { parseJson } from '../../../serve/http/body/parse-json.ts';
import { checkStructure } from '../../../serve/http/body/structure.ts';
import { listening, modelPath, openModels, type TestModels, type TestServer } from '../fixtures.ts';

/** JSON inside the limit of bytes that would take seconds to parse and to check: refused by counting. */

const check = (json: unknown, values: number, numbers: number): void =>
  checkStructure(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)), { values, numbers });

describe('what JSON is made of', () => {
  it.each([
    ['names, texts and words', { a: 'x', b: true, c: null }, 7, 0],
    ['numbers and lists', [[-1.5e-7, 2], [0]], 0, 6],
    ['texts with what would be something outside of them', { 'a"[{,1': '\\"[[{{' }, 3, 0],
    ['a text that ends with a backslash', ['\\', 1], 1, 2],
    ['spaces', ' [ 1 , 2 ] ', 0, 3],
  ])('is counted: %s', (_, json, values, numbers) => {
    expect(() => check(json, values, numbers)).not.toThrow();
    if (values > 0) expect(() => check(json, values - 1, numbers)).toThrow(/more than \d+ names/);
    if (numbers > 0) expect(() => check(json, values, numbers - 1)).toThrow(/more than \d+ numbers and lists/);
  });

  it('may be 32 deep, and a number 1024 characters long', () => {
    const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => check(deep(32), 0, 32)).not.toThrow();
    expect(() => check(deep(33), 0, 33)).toThrow(/nested more than 32 deep/);
    expect(() => check('1'.repeat(1024), 0, 1)).not.toThrow();
    expect(() => check('1'.repeat(1025), 0, 1)).toThrow(/a number of more than 1024/);
  });

  it('is left to the parser where it is broken', () => {
    for (const json of ['"', '"\\', '}}}', '-', '{', '', 'nul']) expect(() => check(json, 9, 9)).not.toThrow();
  });
});

describe('large JSON', () => {
  const budget = { values: 9, numbers: 9 };
  const large = (text: string): Buffer => Buffer.from(`["${text}"]`);
  const megabytes = 2 << 20;

  it('is taken one after the other, and between its steps everybody else has a turn', async () => {
    let rounds = 0;
    let running = true;
    const nextRound = (): void => {
      rounds += 1;
      if (running) setImmediate(nextRound);
    };
    setImmediate(nextRound);
    const texts = ['é'.repeat(megabytes / 2), '\\n'.repeat(megabytes / 2), 'A'.repeat(megabytes)];
    const ends = await Promise.all(
      texts.map(async (text) => {
        const value = await parseJson(large(text), budget);
        expect(value).toEqual([text.replaceAll('\\n', '\n')]);
        return rounds;
      }),
    );
    running = false;
    const [first, second, third] = ends as [number, number, number];
    expect([first >= 3, second - first >= 3, third - second >= 3]).toEqual([true, true, true]);
  });

  it('that is refused gives its turn to the next', async () => {
    const refused = [Buffer.alloc(megabytes, '['), Buffer.alloc(megabytes, 0xff), Buffer.alloc(megabytes, ' ')];
    const answers = await Promise.allSettled(
      [...refused, large('A'.repeat(megabytes))].map((b) => parseJson(b, budget)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  });
});

describe('base64', () => {
  it.each(['', 'QUJD', 'QUI=', 'QQ==', 'QUJD\nQUJD\r\n', ' Q UJ D'])('is %j', (text) =>
    expect(isBase64(text)).toBe(true),
  );
  it.each(['Q', 'QUI', 'QUJ*', 'Q=UI', 'QQ==QQ==', '====', 'QUJD\n=', 'data:image/png;base64,QUJD', 'QU-_'])(
    'is not %j',
    (text) => expect(isBase64(text)).toBe(false),
  );
});

describe('on every route', () => {
  let models: TestModels;
  let server: TestServer;
  beforeAll(async () => {
    models = await openModels([modelPath]);
    const admin = { index: async () => [], load: () => Promise.reject(), unload: () => Promise.reject() };
    server = await listening({ models, admin });
  });
  afterAll(async () => {
    await server.close();
    await models.close();
  });

  const members = (count: number): string => Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',');
  const input = (rest: string): string =>
    `{"inputs":[{"name":"input","shape":[1,1,28,28],"datatype":"FP32","data":[],${rest}}]}`;
  it.each([
    ['/predict', `{"instances":[],${members(300_000)}}`, 413],
    ['/predict', `{"instances":[${'{},'.repeat(300_000)}{}]}`, 413],
    ['/predict', `{"instances":[{"features":{${members(300_000)}}}]}`, 413],
    ['/v1/models/mnist-disenn:predict', `{"inputs":{${members(300_000)}}}`, 413],
    ['/v1/models/mnist-disenn:explain', `{"instances":[[${'[],'.repeat(300_000)}[]]]}`, 413],
    ['/v1/models/mnist-disenn:predict', `{"instances":${'['.repeat(300_000)}`, 400],
    ['/v2/models/mnist-disenn/infer', input(`"x":[${'-1,'.repeat(300_000)}-1]`), 413],
    ['/v2/models/mnist-disenn/infer', input(`"parameters":{${members(300_000)}}`), 413],
    ['/v2/models/mnist-disenn/infer', input(`"parameters":{${members(65)}}`), 400],
    ['/v2/models/mnist-disenn/infer', `{"inputs":[{"shape":[${'-1,'.repeat(90_000)}-1]}]}`, 400],
    ['/v2/models/mnist-disenn/infer', `{"inputs":[],"outputs":[${'{},'.repeat(300_000)}{}]}`, 413],
    ['/v2/repository/index', `{${members(300_000)}}`, 413],
    ['/v2/repository/models/mnist-disenn/load', `{"parameters":{${members(300_000)}}}`, 413],
  ])('%s refuses %.60s…', async (path, body, status) => {
    const started = performance.now();
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    expect([response.status, (await response.text()).length < 1000]).toEqual([status, true]);
    expect(performance.now() - started).toBeLessThan(1000); // ten times what it takes, a fifth of what it took
  });

  it('/predict takes a thousand parts of a form for too many, and tells names in UTF-8', async () => {
    const send = (body: string): Promise<Response> =>
      fetch(`${server.url}/predict`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'multipart/form-data; boundary=B' },
      });
    const part = (rest: string): string => `--B\r\nContent-Disposition: form-data; ${rest}\r\n\r\nx\r\n`;
    expect((await send(`${part('filename="a"').repeat(1000)}--B--`)).status).toBe(400);
    const named = await (await send(`${part('name="image"; filename="Ziffer-für-日本.png"')}--B--`)).text();
    expect(named).toContain('Ziffer-für-日本.png');
    const long = await (await send(`${part(`name="image"; filename="${'n'.repeat(5000)}"`)}--B--`)).text();
    expect(long.length).toBeLessThan(500);
  });
});
