import type { Attributes } from '../graph/attributes.ts';
import { createInitializers } from '../graph/initializers.ts';
import type { Size } from '../graph/size.ts';
import {
  type DimensionProto,
  dataType,
  type ElementType,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from '../onnx/proto.ts';
import { uniqueNames } from '../onnx/unique-names.ts';
import { wholeNumbers } from '../passes/whole-numbers.ts';
import { NoRule } from './no-rule.ts';

/** Adds nodes behind those of a graph that is written already, each with the shape of what it gives. */

export interface Builder {
  /** Sizes of a value of the graph, with the batch. @throws NoRule where the graph does not declare them */
  dims(value: string): readonly Size[];
  /** The elements of a constant of int64; `undefined` for what is none. */
  wholeNumbers(value: string): readonly number[] | undefined;
  /** An operator with one output, float32 where no type is named. @returns the name of the output */
  op(
    opType: string,
    inputs: readonly string[],
    dims: readonly Size[],
    attributes?: Attributes,
    type?: ElementType,
  ): string;
  /** An output of a node of the graph itself that it could give and does not yet. */
  further(node: NodeProto, output: number, dims: readonly Size[], type: ElementType): string;
  float32(role: string, dims: readonly number[], values: readonly number[]): string;
  int64(role: string, values: readonly number[]): string;
}

export interface GrowingGraph {
  /** A builder whose names start with this. */
  builder(prefix: string): Builder;
  /** Whether a value is float32, as all are that have a gradient. */
  isFloat(value: string): boolean;
  /** The graph with all that was added, and with other ports. */
  grown(ports: Pick<GraphProto, 'input' | 'output'>): GraphProto;
}

const sizeOf = (size: DimensionProto): Size => ('dimValue' in size ? size.dimValue : size.dimParam);
const dimension = (size: Size): DimensionProto => (typeof size === 'number' ? { dimValue: size } : { dimParam: size });

/** A value as a graph declares it. */
export function declared(name: string, dims: readonly Size[], type: ElementType = 'float32'): ValueInfoProto {
  return { name, type: { tensorType: { elemType: dataType[type], shape: { dim: dims.map(dimension) } } } };
}

/**
 * @param like the names of ports that the graph will have besides its own, each with the name of a port of the graph that
 * has its shape
 */
export function growing(graph: GraphProto, like: readonly (readonly [port: string, like: string])[]): GrowingGraph {
  const values = [...graph.input, ...graph.output, ...graph.valueInfo];
  const sizes = new Map<string, readonly Size[]>([
    ...values.map(({ name, type }) => [name, type.tensorType.shape.dim.map(sizeOf)] as const),
    ...graph.initializer.map(({ name, dims }) => [name, dims] as const),
  ]);
  const floats = new Set(
    [
      ...values.map(({ name, type }) => ({ name, code: type.tensorType.elemType })),
      ...graph.initializer.map(({ name, dataType: code }) => ({ name, code })),
    ].flatMap(({ name, code }) => (code === dataType.float32 ? [name] : [])),
  );
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const [port, own] of like) sizes.set(port, sizes.get(own) ?? []);
  const unique = uniqueNames([...sizes.keys(), ...graph.node.flatMap(({ output }) => output)]);
  const { tensors, constant } = createInitializers(unique);
  const nodes: NodeProto[] = [];
  const inner: ValueInfoProto[] = [];
  const widened = new Map<NodeProto, readonly string[]>();

  const declare = (name: string, dims: readonly Size[], type: ElementType): void => {
    sizes.set(name, dims);
    inner.push(declared(name, dims, type));
  };

  const builder = (prefix: string): Builder => ({
    dims(value) {
      const found = sizes.get(value);
      if (found === undefined) throw new NoRule(`the graph does not declare the shape of "${value}"`);
      return found;
    },
    wholeNumbers: (value) => wholeNumbers(constants.get(value)),
    op(opType, inputs, dims, attributes = {}, type = 'float32') {
      const name = unique(`${prefix}/${opType}`);
      const attribute = Object.entries(attributes).map(([key, made]) => made(key));
      nodes.push({ input: inputs, output: [name], name, opType, attribute });
      declare(name, dims, type);
      return name;
    },
    further(node, output, dims, type) {
      const present = widened.get(node) ?? node.output;
      if (present[output]) return present[output];
      const name = unique(`${prefix}/${node.opType}`);
      const padded = Array.from({ length: Math.max(present.length, output + 1) }, (_, i) => present[i] ?? '');
      widened.set(node, padded.with(output, name));
      declare(name, dims, type);
      return name;
    },
    float32(role, dims, list) {
      const name = constant(
        `${prefix}/${role}`,
        dims,
        dataType.float32,
        new Uint8Array(Float32Array.from(list).buffer),
      );
      sizes.set(name, dims);
      return name;
    },
    int64(role, list) {
      const bytes = new Uint8Array(BigInt64Array.from(list, BigInt).buffer);
      const name = constant(`${prefix}/${role}`, [list.length], dataType.int64, bytes);
      sizes.set(name, [list.length]);
      return name;
    },
  });

  return {
    builder,
    isFloat: (value) => floats.has(value),
    grown: (ports) => {
      const isPort = new Set([...ports.input, ...ports.output].map(({ name }) => name));
      return {
        ...graph,
        ...ports,
        node: [...graph.node.map((node) => ({ ...node, output: widened.get(node) ?? node.output })), ...nodes],
        initializer: [...graph.initializer, ...tensors],
        valueInfo: [...graph.valueInfo, ...graph.output, ...inner].filter(({ name }) => !isPort.has(name)),
      };
    },
  };
}
