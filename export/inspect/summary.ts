import { sizeOf } from '../../core/tensor.ts';
import type { OnnxModel, OnnxNode, OnnxValue } from '../onnx/read-onnx.ts';
import { flopsOf, type ShapeOf } from './flops.ts';

/** The figures of an `.onnx` file: ports, operators, weights, operations. */

type Dims = OnnxValue['dims'];

export interface NodeSummary {
  readonly name: string;
  readonly opType: string;
  /** Sizes of the first output that there is. */
  readonly dims: Dims;
  /** Elements of the float constants that this node is the first to use. */
  readonly parameters: number;
  /** For one sample; `null` where the operator is not counted, or the file does not say the sizes. */
  readonly flops: number | null;
}

export interface OperatorSummary {
  readonly opType: string;
  readonly count: number;
  readonly parameters: number;
  /** Of the nodes that can be counted. */
  readonly flops: number;
}

export interface Summary {
  readonly name: string;
  readonly producer: string;
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly NodeSummary[];
  /** By operator, the most frequent first. */
  readonly operators: readonly OperatorSummary[];
  readonly parameters: number;
  readonly flops: number;
  /** Operators whose operations could not be counted and are missing from `flops`. */
  readonly uncounted: readonly string[];
  /** Files beside the model that hold constants. */
  readonly externalFiles: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A size for one sample: a name, also `batch*3`, stands for its factors. */
function perSample(dim: number | string): number {
  if (typeof dim === 'number') return dim;
  return dim
    .split('*')
    .map(Number)
    .filter((factor) => !Number.isNaN(factor))
    .reduce((product, factor) => product * factor, 1);
}

const isFloat = (type: string): boolean => /^(bfloat|float|complex)/.test(type);

/** Which value has which sizes, as far as the file says. */
function knownDims({ inputs, outputs, values, initializers }: OnnxModel): Map<string, Dims> {
  const entries: readonly { readonly name: string; readonly dims: Dims }[] = [
    ...initializers,
    ...values,
    ...inputs,
    ...outputs,
  ];
  return new Map(entries.map(({ name, dims }) => [name, dims]));
}

function byOperator(nodes: readonly NodeSummary[]): OperatorSummary[] {
  const names = [...new Set(nodes.map(({ opType }) => opType))].sort();
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return names
    .map((opType) => {
      const alike = nodes.filter((node) => node.opType === opType);
      return {
        opType,
        count: alike.length,
        parameters: sum(alike.map(({ parameters }) => parameters)),
        flops: sum(alike.map(({ flops }) => flops ?? 0)),
      };
    })
    .sort((a, b) => b.count - a.count);
}

/** What a model consists of and costs: operators, parameters (elements of its float constants) and operations. */
export function summarize(model: OnnxModel): Summary {
  const dims = knownDims(model);
  const shapeOf: ShapeOf = (name) => dims.get(name)?.map(perSample);
  const unused = new Map(
    model.initializers.filter(({ type }) => isFloat(type)).map(({ name, dims: sizes }) => [name, sizeOf(sizes)]),
  );
  const parameters = [...unused.values()].reduce((sum, size) => sum + size, 0);
  const take = (name: string): number => {
    const size = unused.get(name) ?? 0;
    unused.delete(name);
    return size;
  };
  const nodes = model.nodes.map((node: OnnxNode): NodeSummary => {
    const output = node.outputs.find(Boolean);
    return {
      name: node.name,
      opType: node.opType,
      dims: output === undefined ? undefined : dims.get(output),
      parameters: node.inputs.reduce((sum, name) => sum + take(name), 0),
      flops: flopsOf(node, shapeOf) ?? null,
    };
  });
  const { name, producer, irVersion, opsets, inputs, outputs, metadata } = model;
  const operators = byOperator(nodes);
  return {
    ...{ name, producer, irVersion, opsets, inputs, outputs, nodes, operators, parameters },
    flops: operators.reduce((sum, { flops }) => sum + flops, 0),
    uncounted: [...new Set(nodes.filter(({ flops }) => flops === null).map(({ opType }) => opType))].sort(),
    externalFiles: [
      ...new Set(model.initializers.flatMap(({ data }) => (data.kind === 'external' ? [data.location] : []))),
    ],
    metadata,
  };
}
