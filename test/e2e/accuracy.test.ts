import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { predictResponseSchema } from '../../core/api.ts';
import { readModelFolder } from '../../serve/models/model-folder.ts';
import { type SennServer, startSennServer } from '../browser/senn-server.ts';
import { expectClose } from '../helpers/close.ts';
import { testModels } from '../helpers/models.ts';
import { digitLabel, digitPng, formOf } from '../serve/fixtures.ts';

/** The whole MNIST test set through the server's own image path: PNG files in, labels out. */

const IMAGES = 10_000;
const IMAGES_A_REQUEST = 64;

let server: SennServer;

beforeAll(async () => {
  server = await startSennServer(testModels);
});

afterAll(() => server.close());

it.each([
  ['mnist-disenn', 0.99],
  ['mnist-senn', 0.99],
])(
  '%s classifies the 10,000 test images as its manifest claims, and at least %d of them',
  async (model, least) => {
    let right = 0;
    for (let start = 0; start < IMAGES; start += IMAGES_A_REQUEST) {
      const indices = Array.from({ length: Math.min(IMAGES_A_REQUEST, IMAGES - start) }, (_, i) => start + i);
      const files = await Promise.all(indices.map(digitPng));
      const response = await fetch(`${server.url}/predict?model=${model}&explain=none`, {
        method: 'POST',
        body: formOf(files),
      });
      const { predictions } = predictResponseSchema.parse(await response.json());
      right += indices.filter((index, i) => predictions[i]?.label === digitLabel(index)).length;
    }
    const { manifest } = await readModelFolder(join(testModels, model));
    process.stdout.write(`${model}: ${right} of ${IMAGES} test images right, posted as PNG files\n`);
    expect(right / IMAGES).toBeGreaterThanOrEqual(least);
    expectClose(right / IMAGES, manifest.metrics['testAccuracy'] as number, { absolute: 2e-4 });
  },
  300_000,
);
