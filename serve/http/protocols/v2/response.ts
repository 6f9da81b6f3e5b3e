import type { Response } from 'express';
import type { AttributionAnswer } from '../../../../core/attributions/answers/schema.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { JsonBytes } from '../../../answers/json/json-bytes.ts';
import type { ServedModel } from '../../../inference/served-model.ts';
import { JSON_TYPE, sendParts } from '../send.ts';
import type { InferRequest, WantedOutput } from './request.ts';
import type { ResponseOutput } from './schema.ts';

/** The answer of an inference request, as JSON with binary tensors behind it. */

/** A tensor, and of an attribution what is told of it beside its values. */
export interface GivenTensor extends Tensor {
  readonly facts?: NonNullable<ResponseOutput['parameters']>;
}

/** One attribution of N inputs as a tensor: `[N, F]` or `[N, H, W]`. @param answers at least one */
export function attributionTensor(answers: readonly AttributionAnswer[]): GivenTensor {
  const { shape, explains, baseline, seed } = answers[0] as AttributionAnswer;
  return {
    shape: [answers.length, ...shape],
    data: Float32Array.from(answers.flatMap(({ values }) => values)),
    facts: {
      explains,
      baseline: baseline.kind,
      classes: answers.map((answer) => answer.class.index).join(),
      queries: Math.max(...answers.map(({ queries }) => queries)),
      seed,
    },
  };
}

/** A `ResponseOutput` whose numbers are still in a tensor: written from there, they need no list. */
function outputOf({ name, binary }: WantedOutput, { shape, data, facts }: GivenTensor) {
  const outline = { name, shape: [...shape], datatype: 'FP32' as const };
  return binary
    ? ({ ...outline, parameters: { ...facts, binary_data_size: data.byteLength } } satisfies ResponseOutput)
    : ({ ...outline, ...(facts && { parameters: facts }), data } satisfies Partial<
        Record<keyof ResponseOutput, unknown>
      >);
}

/** About how many bytes the JSON has: without its numbers, and for each of them. */
const BYTES_WITHOUT = 1024;
const BYTES_PER_NUMBER = 12;

const bytesOf = ({ data }: Tensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** JSON, and behind it the tensors that were asked for as bytes, in the order of the outputs. */
export function sendInferResponse(
  response: Response,
  { manifest }: Pick<ServedModel, 'manifest'>,
  { id, outputs }: Pick<InferRequest, 'id' | 'outputs'>,
  tensors: Readonly<Record<string, GivenTensor>>,
): void {
  const tensorOf = (name: string): GivenTensor => tensors[name] as GivenTensor;
  const written = outputs.filter(({ binary }) => !binary);
  const numbers = written.reduce((sum, { name }) => sum + tensorOf(name).data.length, 0);
  const text = new JsonBytes(BYTES_WITHOUT + numbers * BYTES_PER_NUMBER);
  text.addJson([
    {
      model_name: manifest.name,
      model_version: manifest.version,
      id,
      outputs: outputs.map((output) => outputOf(output, tensorOf(output.name))),
    },
  ]);
  const json = text.bytes();
  const binary = outputs.filter((output) => output.binary).map(({ name }) => bytesOf(tensorOf(name)));
  if (binary.length === 0) {
    sendParts(response, JSON_TYPE, [json]);
  } else {
    response.set('Inference-Header-Content-Length', String(json.length));
    sendParts(response, 'application/octet-stream', [json, ...binary]);
  }
}
