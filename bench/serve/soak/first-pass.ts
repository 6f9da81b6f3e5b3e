import { join } from 'node:path';
import { decode } from 'fast-png';
import { z } from 'zod';
import { predictResponseSchema } from '../../../core/api.ts';
import { goldenTensorOf } from '../../../core/golden.ts';
import type { Prediction, Predictor } from '../../../core/predictor.ts';
import { featureRow } from '../../../core/tables/features.ts';
import { concatRows, rowOf, type Tensor } from '../../../core/tensor.ts';
import { prepareImage } from '../../../serve/images/prepare.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { loadPredictor, readGolden, readModelFolder } from '../../../serve/models/model-folder.ts';
import { firstDifference } from '../compare.ts';
import type { Case, Check, SoakInput } from './cases.ts';
import type { Answer } from './client.ts';

/** The first answers, which all later ones are compared with, are checked against what is known without the server. */

type PredictionsCheck = Extract<Check, { kind: 'predictions' }>;
type Told = z.infer<typeof predictResponseSchema>['predictions'][number];

const errorSchema = z.object({ error: z.object({ code: z.string() }) });
const MAX_PIXELS = 50_000_000;

export interface FirstPass {
  /** What is wrong with the first answer to a case, or `undefined`. */
  check(of: Case, answer: Answer): Promise<string | undefined>;
  close(): Promise<void>;
}

/** @param models directory of the models, which `core` runs over ONNX Runtime in this process */
export function firstPass(models: string): FirstPass {
  const predictors = new Map<string, Promise<Predictor>>();
  const predictorOf = (model: string): Promise<Predictor> => {
    const found = predictors.get(model) ?? loadPredictor(join(models, model), openSession);
    predictors.set(model, found);
    return found;
  };
  const checks: {
    readonly [K in Check['kind']]: (check: Extract<Check, { kind: K }>, body: Buffer) => Promise<string | undefined>;
  } = {
    predictions: async (check, body) => checkPredictions(await predictorOf(check.model), check, models, body),
    error: async ({ code }, body) => {
      const told = errorSchema.parse(JSON.parse(body.toString())).error.code;
      return told === code ? undefined : `error ${told} must be ${code}`;
    },
    png: async (_, body) => (decode(body).width > 300 ? undefined : 'the figure is no figure'),
    html: async (_, body) => (/<svg[\s\S]*<\/svg>/.test(body.toString()) ? undefined : 'the page has no figure'),
    json: async () => undefined,
  };
  return {
    check: async ({ status, check }, answer) => {
      if (answer.status !== status) {
        return `status ${answer.status} must be ${status}: ${answer.body.toString('utf8', 0, 200)}`;
      }
      const run = checks[check.kind] as (of: Check, body: Buffer) => Promise<string | undefined>;
      return run(check, answer.body);
    },
    close: async () => {
      await Promise.all([...predictors.values()].map(async (predictor) => (await predictor).close()));
    },
  };
}

async function tensorOf({ manifest }: Predictor, inputs: readonly SoakInput[]): Promise<Tensor> {
  const { input } = manifest;
  const rows = inputs.map(async (of, i) => {
    if (of.kind === 'image' && input.kind === 'image') {
      return prepareImage(of.bytes, `input ${i}`, input, { invert: 'auto', maxPixels: MAX_PIXELS });
    }
    if (of.kind === 'tabular' && input.kind === 'tabular') return featureRow(of.values, `input ${i}`, input);
    throw new Error(`input ${i}: ${of.kind} must be ${input.kind}`);
  });
  return concatRows(await Promise.all(rows));
}

async function checkPredictions(
  predictor: Predictor,
  { inputs, steps, model, golden = [] }: PredictionsCheck,
  models: string,
  body: Buffer,
): Promise<string | undefined> {
  const { predictions } = predictResponseSchema.parse(JSON.parse(body.toString()));
  const expected = await predictor.predict(await tensorOf(predictor, inputs), { steps });
  if (predictions.length !== expected.length) return `${predictions.length} predictions must be ${expected.length}`;
  for (const [i, told] of predictions.entries()) {
    const found = differenceOf(expected[i] as Prediction, told) ?? (await fromGolden(models, model, golden[i], told));
    if (found !== undefined) return `prediction ${i}: ${found}`;
  }
  return undefined;
}

/**
 * Compares what an answer tells of a prediction with what `core` computes: the parts of the same name, and traversals.
 */
function differenceOf(expected: Prediction, told: Told): string | undefined {
  const { traversals = [], sheet: _sheet, warnings: _warnings, contrast, ...parts } = told;
  const same = Object.keys(parts).map((name) => [name, expected[name as keyof typeof expected]]);
  const [first, other] = [expected.index, contrast?.index ?? 0];
  const contrasts = expected.contributions.map((row) => (row[first] as number) - (row[other] as number));
  return (
    firstDifference(Object.fromEntries(same), parts, 'core') ??
    firstDifference(contrasts, contrast?.contributions ?? contrasts, 'contrast') ??
    traversals.map((traversal, k) => traversalDifference(expected.traversals[k], traversal)).find(Boolean)
  );
}

function traversalDifference(
  expected: Prediction['traversals'][number] | undefined,
  { concept, values, images, features }: NonNullable<Told['traversals']>[number],
): string | undefined {
  if (expected === undefined) return `traversal of concept ${concept} must not be`;
  const different = firstDifference([...expected.values], [...values], `traversal ${concept}`);
  if (different !== undefined) return different;
  for (let s = 0; s < values.length; s++) {
    const row = rowOf(expected.decoded, s);
    const shown = images?.[s];
    const found =
      shown === undefined
        ? features && firstDifference(Array.from(row), features[s], `traversal ${concept}, step ${s}`)
        : pixelDifference(row, decode(Buffer.from(shown.split(',')[1] as string, 'base64')).data);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For grey images only, whose single plane is in the order of the pixels. */
function pixelDifference(values: Float32Array, pixels: ArrayLike<number>): string | undefined {
  const wrong = values.findIndex(
    (value, i) => Math.abs(255 * Math.min(Math.max(value, 0), 1) - (pixels[i] as number)) > 0.51,
  );
  return wrong < 0 ? undefined : `pixel ${wrong}: ${pixels[wrong]} must be ${255 * (values[wrong] as number)}`;
}

/** Compares a prediction with what tfjs gave for row `n` of `golden.json`. */
async function fromGolden(
  models: string,
  model: string,
  n: number | undefined,
  told: Told,
): Promise<string | undefined> {
  if (n === undefined) return undefined;
  const golden = await readGolden(await readModelFolder(join(models, model)));
  const row = (name: string): number[] => Array.from(rowOf(goldenTensorOf(golden, name), n));
  return (
    firstDifference(row('logits'), told.logits, 'golden.json: logits') ??
    firstDifference(row('concepts'), told.concepts, 'golden.json: concepts') ??
    firstDifference(row('relevances'), told.relevances?.flat(), 'golden.json: relevances')
  );
}
