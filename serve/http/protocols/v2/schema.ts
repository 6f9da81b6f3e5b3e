import { z } from 'zod';
import { askedAttributions } from '../../../../core/attributions/answers/names.ts';
import type { AttributionName } from '../../../../core/attributions/attribution.ts';
import { type TensorName, tensorNames } from '../../../inference/served-model.ts';

/**
 * The JSON of the Open Inference Protocol, version 2
 * (https://github.com/kserve/kserve/blob/master/docs/predict-api/v2/required_api.md) with Triton's binary tensors
 * (https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md). What is unknown
 * is passed over: both texts leave room for extensions, and clients send `model_name` and parameters of their own.
 */

const parameter = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const parameters = z.record(z.string(), parameter);

export const requestInputSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  datatype: z.string(),
  parameters: parameters.nullish(),
  /** Nested or flat; absent where the tensor is binary. */
  data: z.array(z.unknown()).nullish(),
});
export type RequestInput = z.infer<typeof requestInputSchema>;

export const requestOutputSchema = z.object({ name: z.string(), parameters: parameters.nullish() });

/** For the OpenAPI document; a request is parsed by `inferOutlineSchema`. */
export const inferRequestSchema = z.object({
  id: z.string().nullish(),
  parameters: parameters.nullish(),
  inputs: z.array(requestInputSchema),
  outputs: z.array(requestOutputSchema).nullish(),
});

/** A request without its elements, which are checked once their number is known to be allowed. */
export const inferOutlineSchema = inferRequestSchema.extend({
  inputs: z.array(z.unknown()),
  outputs: z.array(z.unknown()).nullish(),
});

/** What may be asked for: tensors of the model, and attributions of its input. */
export type OutputName = TensorName | AttributionName;

export const responseOutputSchema = z.strictObject({
  name: z.enum([...tensorNames, ...askedAttributions] as [OutputName, ...OutputName[]]),
  shape: z.array(z.int().nonnegative()),
  datatype: z.literal('FP32'),
  parameters: z
    .strictObject({
      binary_data_size: z.int().nonnegative().optional(),
      /** Of an attribution: `logit` or `probability`; what a removed feature is set to; indices of the classes, with commas. */
      explains: z.string().optional(),
      baseline: z.string().optional(),
      classes: z.string().optional(),
      /** Rows asked about the input about which most were asked. */
      queries: z.int().nonnegative().optional(),
      seed: z.int().optional(),
    })
    .optional(),
  data: z.array(z.number()).optional(),
});
export type ResponseOutput = z.infer<typeof responseOutputSchema>;

export const inferResponseSchema = z.strictObject({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(responseOutputSchema),
});

export const serverMetadataSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});

const tensorMetadata = z.strictObject({ name: z.string(), datatype: z.literal('FP32'), shape: z.array(z.int()) });

export const modelMetadataSchema = z.strictObject({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorMetadata),
  outputs: z.array(tensorMetadata),
});

/** Bodies that the protocol leaves empty, but KServe's client reads. */
export const liveSchema = z.strictObject({ live: z.boolean() });
export const readySchema = z.strictObject({ ready: z.boolean() });
export const modelReadySchema = z.strictObject({ name: z.string(), ready: z.boolean() });
