import { SennError } from '../core/errors.ts';
import {
  type AttributeProto,
  attributeType,
  type DataType,
  dataType,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx/proto.ts';

/** The name of the size that varies from run to run; it leads every shape. */
export const BATCH = 'batch';

/**
 * How a tfjs tensor lies in the ONNX graph: with the axes of tfjs, or as ONNX's image operators want it, the last
 * axis of tfjs (channels) moved behind the batch: `[batch, H, W, C]` stands there as `[batch, C, H, W]`.
 */
export type Layout = 'tfjs' | 'channelsFirst';

/** A tfjs tensor as it stands in the graph. */
export interface Value {
  /** Its name in the graph. */
  readonly name: string;
  /** Its shape in tfjs, without the batch. */
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/** Shape in the graph, without the batch. */
export function storedShape({ shape, layout }: Pick<Value, 'shape' | 'layout'>): number[] {
  return layout === 'tfjs' ? [...shape] : [shape.at(-1) as number, ...shape.slice(0, -1)];
}

/** An attribute before it has its name. */
export type Attribute = (name: string) => AttributeProto;
const utf8 = new TextEncoder();

export const int =
  (i: number): Attribute =>
  (name) => ({ name, i, type: attributeType.int });
export const ints =
  (values: readonly number[]): Attribute =>
  (name) => ({ name, ints: values, type: attributeType.ints });
export const float =
  (f: number): Attribute =>
  (name) => ({ name, f, type: attributeType.float });
export const string =
  (s: string): Attribute =>
  (name) => ({ name, s: utf8.encode(s), type: attributeType.string });

/** What an emitter builds with: names start with the name of the layer it emits. */
export interface Scope {
  /** An operator with one output, which has the given tfjs shape and layout. `''` leaves an optional input out. */
  node(
    opType: string,
    inputs: readonly (Value | string)[],
    output: Pick<Value, 'shape' | 'layout'>,
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value;
  /** The name of a float32 constant; equal constants are stored once. */
  float32(role: string, dims: readonly number[], values: Float32Array | readonly number[]): string;
  /** The name of an int64 constant. */
  int64(role: string, values: readonly number[]): string;
}

export interface Graph {
  input(name: string, value: Pick<Value, 'shape' | 'layout'>): Value;
  /** Makes a value an output of the graph. The name must have been reserved. */
  output(name: string, value: Value): void;
  scope(prefix: string): Scope;
  /** @throws invalid_config where two inputs or outputs share a name */
  build(options: BuildOptions): ModelProto;
}

export interface BuildOptions {
  readonly name: string;
  readonly opset: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The oldest intermediate representation that knows the opset (ONNX, Versioning.md), but at most 10. */
function irVersionOf(opset: number): number {
  if (opset <= 18) return 8;
  return opset <= 20 ? 9 : 10;
}

function valueInfo(name: string, value: Pick<Value, 'shape' | 'layout'>): ValueInfoProto {
  const dim = [{ dimParam: BATCH }, ...storedShape(value).map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: dataType.float, shape: { dim } } } };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * An ONNX graph that grows by scopes. Nodes are listed as they are added, so operands come before their users.
 * @param reserved names of the graph's inputs and outputs, which no other value gets
 */
export function createGraph(reserved: readonly string[]): Graph {
  const taken = new Set<string>();
  for (const name of reserved) {
    if (taken.has(name)) {
      throw new SennError('invalid_config', `export: the name "${name}" is given to two inputs or outputs`, { name });
    }
    taken.add(name);
  }
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const constants = new Map<string, TensorProto[]>();
  const inputs: ValueInfoProto[] = [];
  const outputs: ValueInfoProto[] = [];
  const inner = new Map<string, ValueInfoProto>();
  const renamed = new Map<string, string>();

  function unique(wanted: string): string {
    let name = wanted;
    for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
    taken.add(name);
    return name;
  }

  function constant(wanted: string, dims: readonly number[], type: DataType, rawData: Uint8Array): string {
    const key = `${type}:${dims.join()}`;
    const alike = constants.get(key) ?? [];
    const found = alike.find((other) => sameBytes(other.rawData, rawData));
    if (found !== undefined) return found.name;
    const tensor = { dims, dataType: type, name: unique(wanted), rawData };
    initializers.push(tensor);
    constants.set(key, [...alike, tensor]);
    return tensor.name;
  }

  const scope = (prefix: string): Scope => ({
    node(opType, operands, { shape, layout }, attributes = {}) {
      const name = unique(`${prefix}/${opType}`);
      nodes.push({
        input: operands.map((operand) => (typeof operand === 'string' ? operand : operand.name)),
        output: [name],
        name,
        opType,
        attribute: Object.entries(attributes).map(([key, attribute]) => attribute(key)),
      });
      inner.set(name, valueInfo(name, { shape, layout }));
      return { name, shape, layout };
    },
    float32: (role, dims, values) =>
      constant(`${prefix}/${role}`, dims, dataType.float, new Uint8Array(Float32Array.from(values).buffer)),
    int64: (role, values) =>
      constant(
        `${prefix}/${role}`,
        [values.length],
        dataType.int64,
        new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
      ),
  });

  return {
    scope,
    input(name, { shape, layout }) {
      inputs.push(valueInfo(name, { shape, layout }));
      return { name, shape, layout };
    },
    output(name, value) {
      // The node that makes the value takes the output's name, unless the value is an input or an output already.
      const free = inner.has(value.name) && !renamed.has(value.name);
      renamed.set((free ? value : scope(name).node('Identity', [value], value)).name, name);
      outputs.push(valueInfo(name, value));
    },
    build({ name, opset, metadata }) {
      const rename = (value: string) => renamed.get(value) ?? value;
      return {
        irVersion: irVersionOf(opset),
        producerName: 'senn-onnx',
        graph: {
          node: nodes.map((node) => ({ ...node, input: node.input.map(rename), output: node.output.map(rename) })),
          name,
          initializer: initializers,
          input: inputs,
          output: outputs,
          valueInfo: [...inner].filter(([value]) => !renamed.has(value)).map(([, info]) => info),
        },
        opsetImport: [{ domain: '', version: opset }],
        metadataProps: Object.keys(metadata)
          .sort()
          .map((key) => ({ key, value: metadata[key] as string })),
      };
    },
  };
}
