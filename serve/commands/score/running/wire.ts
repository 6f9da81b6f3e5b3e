import type { AttributionName } from '../../../../core/attributions/attribution.ts';
import { type ErrorCode, SennError } from '../../../../core/errors.ts';
import type { BatchAttribution } from '../../../../core/scoring/attribute.ts';
import type { BatchScores } from '../../../../core/scoring/batch.ts';
import type { BatchResult } from '../../../../core/scoring/merge.ts';
import type { Tensor } from '../../../../core/tensor.ts';

/** A batch's result as a line of JSON, exactly: numbers in bulk are base64 of their bytes, little-endian. */

export const toBase64 = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** A copy that is aligned: the bytes of a Buffer may start anywhere. */
function bytesOf(text: string): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64');
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

interface WireTensor {
  readonly shape: readonly number[];
  readonly data: string;
}

const packed = ({ shape, data }: Tensor): WireTensor => ({ shape, data: toBase64(data) });
const unpacked = ({ shape, data }: WireTensor): Tensor => ({ shape, data: new Float32Array(bytesOf(data)) });

interface WireScores {
  readonly rows: string;
  readonly labels?: string;
  readonly predicted: string;
  readonly concepts: WireTensor;
  readonly relevances: WireTensor;
  readonly values: BatchScores['values'];
  readonly attributions: Readonly<Record<string, Omit<BatchAttribution, 'values'> & { readonly values: WireTensor }>>;
}

/** A batch as it stands in the journal. */
export interface WireBatch extends Omit<BatchResult, 'scores'> {
  readonly kind: 'batch';
  readonly scores?: WireScores;
}

export function toWire({ scores, ...rest }: BatchResult): WireBatch {
  if (scores === undefined) return { kind: 'batch', ...rest };
  const { rows, labels, predicted, concepts, relevances, values, attributions } = scores;
  const attributed = Object.entries(attributions).map(([name, one]) => [name, { ...one, values: packed(one.values) }]);
  return {
    kind: 'batch',
    ...rest,
    scores: {
      rows: toBase64(rows),
      ...(labels && { labels: toBase64(labels) }),
      predicted: toBase64(predicted),
      concepts: packed(concepts),
      relevances: packed(relevances),
      values,
      attributions: Object.fromEntries(attributed),
    },
  };
}

export function fromWire({ kind: _, scores, ...rest }: WireBatch): BatchResult {
  if (scores === undefined) return rest;
  const { rows, labels, predicted, concepts, relevances, values, attributions } = scores;
  const attributed = Object.entries(attributions).map(
    ([name, one]) => [name as AttributionName, { ...one, values: unpacked(one.values) }] as const,
  );
  return {
    ...rest,
    scores: {
      rows: new Int32Array(bytesOf(rows)),
      ...(labels !== undefined && { labels: new Int32Array(bytesOf(labels)) }),
      predicted: new Int32Array(bytesOf(predicted)),
      concepts: unpacked(concepts),
      relevances: unpacked(relevances),
      values,
      attributions: Object.fromEntries(attributed),
    },
  };
}

/** What a worker replies of a batch; a thread of this process, between which typed arrays pass, gives them as they are. */
export type BatchReply<Result extends WireBatch | BatchResult = WireBatch> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly details: object };

/** An error of ours as what a thread replies: its class does not pass between threads. @throws any other error as it is */
export function failedReply(error: unknown): BatchReply<never> {
  if (!(error instanceof SennError)) throw error;
  return { ok: false, code: error.code, message: error.message, details: error.details };
}
