import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SennServer, startSennServer } from '../browser/senn-server.ts';
import { modelsDirectory, root } from '../serve/fixtures.ts';

/** The examples, as their README tells to run them. */

const run = promisify(execFile);
const example = (name: string): string => join(root, 'examples', name);
const digit = join(root, 'test/fixtures/digits/7.png');
const isBuilt = existsSync(join(root, 'dist/export/index.js'));

let folder: string;
let server: SennServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-examples-'));
  server = await startSennServer(modelsDirectory);
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true });
});

describe('examples/', () => {
  it('client.mjs and client.py tell the same prediction and the same reasons', async () => {
    const byNode = await run(process.execPath, [example('client.mjs'), digit, server.url]);
    const lines = byNode.stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/: 7, with probability 0\.\d{3}|: 7, with probability 1\.000/);
    const [, sum, logit] = /together: (\S+), .*: (\S+)$/.exec(lines.at(-1) as string) ?? [];
    expect(Math.abs(Number(sum) - Number(logit))).toBeLessThanOrEqual(0.011);
    const byPython = await run('python3', [example('client.py'), digit, server.url]);
    expect(byPython.stdout.trimEnd().split('\n')).toEqual(lines.slice(0, -1));
  });

  it('client.mjs and client.py end with what the server says is wrong', async () => {
    const notAnImage = join(root, 'package.json');
    for (const command of [
      [process.execPath, example('client.mjs')],
      ['python3', example('client.py')],
    ] as const) {
      await expect(run(command[0], [command[1], notAnImage, server.url])).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining('image'),
      });
    }
  });

  it.skipIf(!isBuilt)(`custom-layer.mjs writes a graph that runs${isBuilt ? '' : ' (skipped: no build)'}`, async () => {
    const out = join(folder, 'power.onnx');
    await run(process.execPath, [example('custom-layer.mjs'), out]);
    const session = await ort.InferenceSession.create(await readFile(out));
    const feeds = { [session.inputNames[0] as string]: new ort.Tensor('float32', [1, -2, 3, 4], [1, 4]) };
    const [power] = Object.values(await session.run(feeds));
    expect(power?.dims).toEqual([1, 3]);
    expect(Array.from(power?.data as Float32Array).every((value) => value >= 0)).toBe(true);
  });
});
