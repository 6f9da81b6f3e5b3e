/**
 * `config.pbtxt` of a Triton model: the part of the message `ModelConfig` that is written here, as the text form of
 * protobuf. Field names and meanings are those of Triton's `model_config.proto`
 * (https://github.com/triton-inference-server/common/blob/main/protobuf/model_config.proto).
 */

export interface TensorConfig {
  readonly name: string;
  readonly data_type: TritonType;
  /** Without the batch. */
  readonly dims: readonly number[];
  /** A file beside `config.pbtxt` with the name of one class a line. */
  readonly label_filename?: string;
}

/** One model of an ensemble. A map goes from the name of the model's tensor to the name in the ensemble. */
export interface Step {
  readonly model_name: string;
  /** −1 for the newest. */
  readonly model_version: number;
  readonly input_map: Readonly<Record<string, string>>;
  readonly output_map: Readonly<Record<string, string>>;
}

interface Ports {
  readonly name: string;
  readonly max_batch_size: number;
  readonly input: readonly TensorConfig[];
  readonly output: readonly TensorConfig[];
}

export type ModelConfig = Ports &
  (
    | { readonly backend: 'onnxruntime'; readonly dynamic_batching: Readonly<Record<string, never>> }
    | { readonly platform: 'ensemble'; readonly ensemble_scheduling: { readonly step: readonly Step[] } }
  );

/** Triton's name of an element type, by that of ONNX. */
export const tritonTypes = {
  bool: 'TYPE_BOOL',
  float16: 'TYPE_FP16',
  float32: 'TYPE_FP32',
  float64: 'TYPE_FP64',
  int32: 'TYPE_INT32',
  int64: 'TYPE_INT64',
} as const;
export type TritonType = (typeof tritonTypes)[keyof typeof tritonTypes];

type Field = string | number | readonly number[] | readonly Message[] | Message;
interface Message {
  readonly [name: string]: Field;
}

/** Fields whose value is the bare name of an enumeration. */
const enumerations: ReadonlySet<string> = new Set(['data_type']);
const maps: ReadonlySet<string> = new Set(['input_map', 'output_map']);

function block(name: string, fields: Message, indent: string): string {
  const inner = lines(fields, `${indent}  `);
  return inner.length === 0 ? `${indent}${name} { }` : [`${indent}${name} {`, ...inner, `${indent}}`].join('\n');
}

function field(name: string, value: Field, indent: string): string[] {
  if (typeof value === 'number' || enumerations.has(name)) return [`${indent}${name}: ${value}`];
  if (typeof value === 'string') return [`${indent}${name}: ${JSON.stringify(value)}`];
  if (Array.isArray(value)) {
    if (value.length === 0) return [];
    const numbers = value.every((item) => typeof item === 'number');
    return numbers ? [`${indent}${name}: [${value.join(', ')}]`] : value.map((item) => block(name, item, indent));
  }
  if (maps.has(name)) return Object.entries(value).map(([key, to]) => block(name, { key, value: to }, indent));
  return [block(name, value as Message, indent)];
}

function lines(message: Message, indent: string): string[] {
  return Object.entries(message).flatMap(([name, value]) => field(name, value, indent));
}

/** The text of `config.pbtxt`. */
export function configText(config: ModelConfig): string {
  return `${lines(config as unknown as Message, '').join('\n')}\n`;
}
