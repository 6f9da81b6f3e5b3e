import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenTensorOf, parseGolden, replayGolden } from '../../core/golden.ts';
import { type Manifest, parseManifest } from '../../core/manifest.ts';
import { createPredictor, type Predictor, type Sessions } from '../../core/predictor.ts';
import type { Session } from '../../core/session.ts';
import { sliceRows } from '../../core/tensor.ts';
import { openSession } from '../../web-client/onnxruntime.ts';

/** onnxruntime-web's WebAssembly also runs in Node, so that its port is tested without a browser too. */
const folder = join(process.env['SENN_TEST_MODELS'] ?? 'models', 'mnist-disenn');

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(folder, file), 'utf8'));

let manifest: Manifest;
let sessions: Sessions;
let predictor: Predictor;

beforeAll(async () => {
  manifest = parseManifest(await readJson('manifest.json'));
  const opened = await Promise.all(
    Object.entries(manifest.graphs).map(async ([graph, { file }]) => [
      graph,
      await openSession(await readFile(join(folder, file))),
    ]),
  );
  sessions = Object.fromEntries(opened);
  predictor = createPredictor(manifest, sessions);
});
afterAll(() => predictor?.close());

describe('onnxruntime-web', () => {
  it('gives the golden outputs', async () => {
    const checks = await replayGolden(parseGolden(await readJson(manifest.golden.file)), manifest, sessions);
    expect(checks.length).toBeGreaterThanOrEqual(3);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('keeps runs apart that were started together', async () => {
    const inputs = goldenTensorOf(parseGolden(await readJson(manifest.golden.file)), 'input');
    const rows = [0, 1, 2].map((i) => sliceRows(inputs, i, i + 1));
    const alone = [];
    for (const row of rows) alone.push(await predictor.predict(row));
    expect(await Promise.all(rows.map((row) => predictor.predict(row)))).toEqual(alone);
  });

  it('says what went wrong, and goes on', async () => {
    const narrow = { shape: [1, 1, 28, 27], data: new Float32Array(28 * 27) };
    await expect((sessions.conceptizer as Session).run({ input: narrow })).rejects.toMatchObject({
      code: 'inference_failed',
      message: expect.stringContaining('Expected: 28'),
    });
    await expect(openSession(new Uint8Array(9))).rejects.toMatchObject({ code: 'invalid_model' });
    const blank = { shape: [1, 1, 28, 28], data: new Float32Array(784) };
    await expect((sessions.conceptizer as Session).run({ input: blank })).resolves.toHaveProperty('concepts');
  });
});
