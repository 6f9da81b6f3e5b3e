import { z } from 'zod';
import { attributions as rows } from '../../../../core/attributions/index.ts';
import { errorCodeNames, fromZodError, SennError } from '../../../../core/errors.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import { inputShape } from '../../../../core/manifest.ts';
import { comparedMetrics } from '../../../../core/metrics/comparison/index.ts';
import type { AskedOfBatch } from '../../../../core/scoring/job.ts';
import type { BatchResult } from '../../../../core/scoring/merge.ts';
import { withReach } from '../../../../core/scoring/reach.ts';
import type { LoadedBatch } from '../../../../core/scoring/source.ts';
import { type BatchReply, fromWire, type WireBatch } from '../running/wire.ts';
import { MOST_BYTES, tensorOf, wholeNumbers } from './numbers.ts';

/** What comes back of a batch: only what was asked for, in the shapes that the model gives, becomes part of a report. */

/** The most characters that one is read of. */
export const LONGEST_REPLY = 2 * MOST_BYTES;

export interface Expected {
  readonly manifest: Manifest;
  readonly model: number;
  readonly batch: number;
  readonly asked: AskedOfBatch;
  readonly loaded: LoadedBatch;
}

const failure = z.strictObject({
  ok: z.literal(false),
  code: z.enum(errorCodeNames),
  message: z.string().max(10_000),
  details: z.record(z.string().max(200), z.unknown()),
});

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

const shaped = (...shape: readonly number[]) => tensorOf(`of shape [${shape}]`, (one) => same(one, shape));

function attributedShape(manifest: Manifest, over: 'input' | 'concepts'): number[] {
  if (over === 'concepts') return [manifest.concepts.length];
  const shape = inputShape(manifest);
  return shape.length === 3 ? shape.slice(1) : shape; // all channels of a pixel are told together
}

function successOf({ manifest, model, batch, asked, loaded }: Expected) {
  const n = loaded.rows.length;
  const [concepts, classes] = [manifest.concepts.length, manifest.classes.length];
  const noValue = z.strictObject({ value: z.null(), reason: z.string().min(1).max(2000) });
  const values = z.union([z.array(z.number().nullable()).length(n), noValue]);
  const attributed = asked.attributions.map((name) => {
    const compared = z.strictObject(Object.fromEntries(comparedMetrics.map((metric) => [metric, values])));
    const baseline = z.union([z.number(), z.array(z.number()).max(inputShape(manifest).reduce((a, b) => a * b, 1))]);
    const of = { values: shaped(n, ...attributedShape(manifest, rows[name].over)), baseline, compared };
    return [name, z.strictObject(of)] as const;
  });
  const measured = withReach(asked.metrics, 'batch').map((name) => [name, values] as const);
  const ints = (rule: string, holds: (values: Int32Array) => boolean, high = 2 ** 31 - 1) =>
    wholeNumbers(high).refine((values) => values.length === n && holds(values), rule);
  const scores = z.strictObject({
    rows: ints('must be the rows that were asked for', (given) => given.every((row, i) => row === loaded.rows[i])),
    ...(loaded.labels !== undefined && {
      labels: ints('must be the labels that were given', (given) =>
        given.every((one, i) => one === loaded.labels?.[i]),
      ),
    }),
    predicted: ints(`must be ${n} classes`, () => true, classes - 1),
    concepts: shaped(n, concepts).refine(finite, 'must be finite'),
    relevances: shaped(n, concepts, classes).refine(finite, 'must be finite'),
    values: z.strictObject(Object.fromEntries(measured)),
    attributions: z.strictObject(Object.fromEntries(attributed)),
  });
  const result = z.strictObject({
    kind: z.literal('batch'),
    model: z.literal(model),
    batch: z.literal(batch),
    scores,
    unusable: z.array(z.never()),
  });
  return z.strictObject({ ok: z.literal(true), result });
}

/** A text of others without what a terminal obeys. */
export const plain = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

const finite = ({ data }: { readonly data: Float32Array }): boolean => data.every(Number.isFinite);

/**
 * The result of a batch, in the order in which the job names things, whatever order it came in.
 * @throws the error that the batch gave | invalid_request where it is not what was asked for
 */
export function parseReply(text: string, expected: Expected): BatchResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SennError('invalid_request', 'queue: what came back of a batch is no JSON');
  }
  const failed = failure.safeParse(value);
  if (failed.success) throw new SennError(failed.data.code, plain(failed.data.message), failed.data.details);
  const checked = successOf(expected).safeParse(value);
  const { model, batch } = expected;
  if (!checked.success) {
    throw fromZodError('invalid_request', `queue: what came back of batch ${batch} of model ${model}`, checked.error);
  }
  const result = fromWire((value as Extract<BatchReply, { ok: true }>).result as WireBatch);
  const scores = result.scores as NonNullable<BatchResult['scores']>;
  const inOrder = <Of extends object>(names: readonly string[], of: Of): Of =>
    Object.fromEntries(names.map((name) => [name, of[name as keyof Of]])) as Of;
  return {
    model,
    batch,
    scores: {
      ...scores,
      values: inOrder(withReach(expected.asked.metrics, 'batch'), scores.values),
      attributions: inOrder(expected.asked.attributions, scores.attributions),
    },
    unusable: expected.loaded.unusable,
  };
}
