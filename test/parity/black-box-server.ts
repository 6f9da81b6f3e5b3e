import { join } from 'node:path';
import { expect } from 'vitest';
import { type PredictResponse, predictResponseSchema } from '../../core/api.ts';
import type { AttributionAnswer } from '../../core/attributions/answers/schema.ts';
import { partsOf, superpixelsAsked } from '../../core/attributions/shared/parts.ts';
import { superpixelsOf } from '../../core/images/regions/slic.ts';
import type { Manifest } from '../../core/manifest.ts';
import { listening, openModels, type TestModels } from '../serve/fixtures.ts';

/** Imported classifiers on a server, as the tests ask them that hold their explanations against those of Python. */

type Prediction = PredictResponse['predictions'][number];

export interface BlackBoxServer {
  readonly models: TestModels;
  /** @param query of `/predict`, but the model */
  explained(model: string, query: string, instances: readonly unknown[]): Promise<Prediction[]>;
  close(): Promise<void>;
}

/** @param folder in which each model has a folder of its name */
export async function serveBlackBoxes(folder: string, names: readonly string[]): Promise<BlackBoxServer> {
  const models = await openModels(names.map((name) => join(folder, name)));
  const server = await listening({ models });
  return {
    models,
    async explained(model, query, instances) {
      const response = await fetch(`${server.url}/predict?model=${model}&${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ instances }),
      });
      expect(response.status, await response.clone().text()).toBe(200);
      return predictResponseSchema.parse(await response.json()).predictions;
    },
    async close() {
      await server.close();
      await models.close();
    },
  };
}

/** Rows of a table by the names of its features. */
export function instancesOf({ input }: Manifest, rows: readonly (readonly number[])[]): unknown[] {
  const names = input.kind === 'tabular' ? input.features.map(({ name }) => name) : [];
  return rows.map((row) => ({ features: Object.fromEntries(names.map((name, f) => [name, row[f]])) }));
}

export const attributionOf = ({ attributions }: Prediction, name: string): AttributionAnswer =>
  (attributions as Record<string, AttributionAnswer> | undefined)?.[name] ?? expect.fail(`no ${name}`);

const squareOf = (values: ArrayLike<number>, side: number): number[][] =>
  Array.from({ length: side }, (_, y) => Array.from({ length: side }, (__, x) => values[y * side + x] as number));

/** A grey image as Python is asked about it: the same superpixels, so that only what explains them differs. */
export function superpixelQuestion(pixels: Float32Array, side: number) {
  const labels = superpixelsOf({ shape: [1, side, side], data: pixels }, superpixelsAsked(side, side));
  return { pixels: squareOf(pixels, side), labels: squareOf(labels, side) };
}

/** What each superpixel of an image is worth: the sum over its pixels. */
export const sumsOfParts = (manifest: Manifest, pixels: Float32Array, { values }: AttributionAnswer): number[] =>
  partsOf(manifest, pixels).map(({ features }) => features.reduce((sum, f) => sum + (values[f] as number), 0));
