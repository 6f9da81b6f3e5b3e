import { SennError } from '../../core/errors.ts';
import { type ElementName, elementTypes, unknownElement } from './elements.ts';
import {
  decodeForeign,
  type ForeignAttribute,
  type ForeignGraph,
  type ForeignTensor,
  type ForeignValue,
} from './foreign.ts';

/** An `.onnx` file as plain objects, for inspection: whoever wrote it. */

/** Type and sizes of a value; a size that varies has its name, `?` where it has none. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementName;
  /** `undefined` where the file does not say it. */
  readonly dims: readonly (number | string)[] | undefined;
}

/** Where the elements of a constant are. */
export type OnnxData =
  /** Row-major, little-endian. */
  | { readonly kind: 'inline'; readonly bytes: Uint8Array }
  /** In a file beside the model's; without a length, up to its end. */
  | { readonly kind: 'external'; readonly location: string; readonly offset: number; readonly length?: number }
  | { readonly kind: 'strings'; readonly strings: readonly string[] };

export interface OnnxInitializer {
  readonly name: string;
  readonly type: ElementName;
  readonly dims: readonly number[];
  readonly data: OnnxData;
}

export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxInitializer | OnnxGraph;

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** `''` for ONNX's own operators. */
  readonly domain: string;
  /** Names of values, `''` for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxGraph {
  readonly name: string;
  /** What a caller must give: inputs that are no initializers. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the file says of the values between them. */
  readonly values: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
}

export interface OnnxModel extends OnnxGraph {
  readonly irVersion: number;
  readonly producer: string;
  /** Operator sets by domain; `''` is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const utf8 = new TextDecoder();
const elementName = (code: number): ElementName => elementTypes[code]?.name ?? unknownElement;

function portOf({ name, type }: ForeignValue): OnnxValue {
  const tensor = type?.tensorType;
  const dims = tensor?.shape?.dim.map(({ dimValue, dimParam }) => dimValue ?? (dimParam || '?'));
  return { name, type: elementName(tensor?.elemType ?? 0), dims };
}

function dataOf(tensor: ForeignTensor): OnnxData {
  if (tensor.dataLocation === 1) {
    const entries = Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));
    const { location = '', offset = '0', length } = entries;
    return {
      kind: 'external',
      location,
      offset: Number(offset),
      ...(length !== undefined && { length: Number(length) }),
    };
  }
  const element = elementTypes[tensor.dataType];
  if (element?.name === 'string') {
    return { kind: 'strings', strings: tensor.stringData.map((bytes) => utf8.decode(bytes)) };
  }
  return { kind: 'inline', bytes: tensor.rawData ?? element?.pack?.(tensor) ?? new Uint8Array() };
}

function initializerOf(tensor: ForeignTensor): OnnxInitializer {
  return { name: tensor.name ?? '', type: elementName(tensor.dataType), dims: tensor.dims, data: dataOf(tensor) };
}

/** What an attribute of each `AttributeProto.AttributeType` holds. */
const attributeValue: Readonly<Record<number, (attribute: ForeignAttribute) => OnnxAttribute>> = {
  1: ({ f = 0 }) => f,
  2: ({ i = 0 }) => i,
  3: ({ s }) => utf8.decode(s),
  4: ({ t }) => initializerOf(t as ForeignTensor),
  5: ({ g }) => graphOf(g as ForeignGraph),
  6: ({ floats }) => floats,
  7: ({ ints }) => ints,
  8: ({ strings }) => strings.map((bytes) => utf8.decode(bytes)),
};

/** Attributes of the kinds above; the others (lists of tensors, types) stand in no operator that is common. */
function attributesOf(attributes: readonly ForeignAttribute[]): Record<string, OnnxAttribute> {
  return Object.fromEntries(
    attributes.flatMap((attribute) => {
      const value = attributeValue[attribute.type ?? 0];
      return value === undefined ? [] : [[attribute.name, value(attribute)]];
    }),
  );
}

function graphOf(graph: ForeignGraph): OnnxGraph {
  const initializers = graph.initializer.map(initializerOf);
  const constants = new Set(initializers.map(({ name }) => name));
  return {
    name: graph.name ?? '',
    inputs: graph.input.filter(({ name }) => !constants.has(name)).map(portOf),
    outputs: graph.output.map(portOf),
    values: graph.valueInfo.map(portOf),
    nodes: graph.node.map(({ name = '', opType, domain = '', input, output, attribute }) => ({
      name,
      opType,
      domain: domain === 'ai.onnx' ? '' : domain,
      inputs: input,
      outputs: output,
      attributes: attributesOf(attribute),
    })),
    initializers,
  };
}

/**
 * What an `.onnx` file says, whoever wrote it. Data that lie outside the file are named and not read.
 * @param where how messages name the file
 * @throws invalid_model where the bytes are no ONNX model
 */
export function readOnnx(bytes: Uint8Array, where = 'readOnnx'): OnnxModel {
  const model = decodeForeign(bytes, where);
  if (model.graph === undefined || model.opsetImport.length === 0) {
    const missing = model.graph === undefined ? 'graph' : 'opset_import';
    throw new SennError('invalid_model', `${where}: ${bytes.length} bytes without the "${missing}" of an ONNX model`);
  }
  return {
    ...graphOf(model.graph),
    irVersion: model.irVersion ?? 0,
    producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
    opsets: Object.fromEntries(
      model.opsetImport.map(({ domain = '', version }) => [domain === 'ai.onnx' ? '' : domain, version]),
    ),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
}
