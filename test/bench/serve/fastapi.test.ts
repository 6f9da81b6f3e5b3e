import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOf } from '../../../bench/serve/cells.ts';
import { digitPngs } from '../../../bench/serve/digits.ts';
import { fastapiNames, pythonWithFastapi, startFastapi } from '../../../bench/serve/servers/fastapi.ts';
import { models } from '../../../bench/serve/servers/ours.ts';
import type { ServerProcess } from '../../../bench/serve/servers/server-process.ts';
import type { Case } from '../../../bench/serve/soak/cases.ts';
import { createClient } from '../../../bench/serve/soak/client.ts';
import { type FirstPass, firstPass } from '../../../bench/serve/soak/first-pass.ts';

const MODEL = 'mnist-disenn';

const found = await pythonWithFastapi(process.env);
if ('missing' in found) process.stderr.write(`skipped: tests of fastapi_server.py: ${found.missing}\n`);

describe.skipIf('missing' in found).each(fastapiNames)('fastapi_server.py, %s', (name) => {
  let server: ServerProcess;
  let pass: FirstPass;
  beforeAll(async () => {
    server = await startFastapi(name, (found as { python: string }).python, MODEL);
    pass = firstPass(models);
  });
  afterAll(async () => {
    await server?.stop();
    await pass?.close();
  });

  it.each([false, true])('says what core says of the same graphs, traversals %s', async (traversals) => {
    const client = createClient(server.url, 1);
    for (const body of await digitPngs(3)) {
      const of: Case = {
        name: 'digit',
        method: 'POST',
        path: pathOf({ traversals }),
        headers: { 'Content-Type': 'image/png' },
        body,
        status: 200,
        check: { kind: 'predictions', model: MODEL, inputs: [{ kind: 'image', bytes: body }], steps: 7 },
      };
      const answer = await client.send(of);
      expect(await pass.check(of, answer)).toBeUndefined();
      const { predictions } = JSON.parse(answer.body.toString());
      expect(Object.keys(predictions[0])).toHaveLength(traversals ? 9 : 8);
    }
    client.close();
  });

  it('refuses what is no image, and steps that are too many', async () => {
    const client = createClient(server.url, 1);
    const post = { method: 'POST', headers: { 'Content-Type': 'image/png' }, body: Buffer.from('a digit') } as const;
    expect((await client.send({ ...post, path: '/predict' })).status).toBe(400);
    expect((await client.send({ ...post, path: '/predict?steps=99' })).status).toBe(400);
    client.close();
  });
});

it('is looked for where SENN_FASTAPI says, and nowhere else', async () => {
  expect(await pythonWithFastapi({ SENN_FASTAPI: '/nonexistent' })).toEqual({
    missing: 'no fastapi and onnxruntime in /nonexistent; npm run setup:fastapi gets them',
  });
});
