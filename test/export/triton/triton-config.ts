/**
 * Reads `config.pbtxt` back: the text form of protobuf
 * (https://protobuf.dev/reference/protobuf/textformat-spec/), as strict as Triton's own reader. A field that the
 * message does not have, or a value of another type, is an error.
 */

type Kind = 'string' | 'int' | 'type' | Message;
/** Field → its kind, in a list where it may be repeated. */
interface Message {
  readonly [field: string]: Kind | readonly [Kind];
}

const map: Message = { key: 'string', value: 'string' };
const tensor: Message = { name: 'string', data_type: 'type', dims: ['int'], label_filename: 'string' };
const step: Message = { model_name: 'string', model_version: 'int', input_map: [map], output_map: [map] };

/** What this project writes of `ModelConfig` (triton-inference-server/common, protobuf/model_config.proto). */
const modelConfig: Message = {
  name: 'string',
  platform: 'string',
  backend: 'string',
  max_batch_size: 'int',
  input: [tensor],
  output: [tensor],
  dynamic_batching: {},
  ensemble_scheduling: { step: [step] },
};

/** The names of `DataType` there. */
const types =
  'TYPE_BOOL TYPE_UINT8 TYPE_UINT16 TYPE_UINT32 TYPE_UINT64 TYPE_INT8 TYPE_INT16 TYPE_INT32 TYPE_INT64 TYPE_FP16 TYPE_FP32 TYPE_FP64 TYPE_STRING TYPE_BF16';

const scalars: Readonly<Record<Extract<Kind, string>, (token: string) => unknown>> = {
  string: (token) => JSON.parse(token),
  int(token) {
    if (!/^-?\d+$/.test(token)) throw new Error(`${token} must be a whole number`);
    return Number(token);
  },
  type(token) {
    if (!types.split(' ').includes(token)) throw new Error(`${token} must be one of ${types}`);
    return token;
  },
};

export function parseConfig(text: string): Record<string, unknown> {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?\d+|\S/g) ?? [];
  let position = 0;
  const next = () => tokens[position++] as string;
  const take = (token: string) => {
    const found = next();
    if (found !== token) throw new Error(`token ${position}: ${found} must be ${token}`);
  };

  function value(kind: Kind): unknown {
    if (typeof kind !== 'string') {
      if (tokens[position] === ':') take(':');
      take('{');
      const result = message(kind, '}');
      take('}');
      return result;
    }
    return scalars[kind](next());
  }

  function repeated(kind: Kind): unknown[] {
    if (typeof kind === 'string') take(':');
    if (tokens[position] !== '[') return [value(kind)];
    take('[');
    const items = [];
    while (tokens[position] !== ']') {
      if (items.length > 0) take(',');
      items.push(value(kind));
    }
    take(']');
    return items;
  }

  function message(fields: Message, end: string | undefined): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    while (tokens[position] !== end) {
      const name = next();
      const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (kind === undefined) throw new Error(`${name} must be one of ${Object.keys(fields).join(', ')}`);
      if (Array.isArray(kind)) {
        result[name] = [...((result[name] as unknown[]) ?? []), ...repeated(kind[0])];
        continue;
      }
      if (Object.hasOwn(result, name)) throw new Error(`${name} is given twice`);
      if (typeof kind === 'string') take(':');
      result[name] = value(kind as Kind);
    }
    return result;
  }

  return message(modelConfig, undefined);
}
