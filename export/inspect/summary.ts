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
  /** Of a run, where the file fixes that; else 1. */
  readonly samples: number;
  /** For one sample. */
  readonly flops: number;
  /** Operators whose operations could not be counted and are missing from `flops`. */
  readonly uncounted: readonly string[];
  /** Files beside the model that hold constants. */
  readonly externalFiles: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A size for one sample: the batch, also as `batch*3`, stands for its factors; `undefined` for any other open one. */
function perSample(dim: number | string, batches: ReadonlySet<string>): number | undefined {
  if (typeof dim === 'number') return dim;
  const factors = dim.split('*');
  const open = factors.filter((factor) => Number.isNaN(Number(factor)) && !batches.has(factor));
  if (open.length > 0) return undefined;
  return factors.filter((factor) => !batches.has(factor)).reduce((product, factor) => product * Number(factor), 1);
}

/** How many samples a run takes where the file fixes it: the leading size of all that goes in and out. */
function samplesOf({ inputs, outputs }: OnnxModel): number {
  const [first, ...others] = new Set([...inputs, ...outputs].map(({ dims }) => dims?.[0]));
  return others.length === 0 && typeof first === 'number' && first > 0 ? first : 1;
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
  const batches = new Set(
    model.inputs.flatMap(({ dims: sizes }) => (typeof sizes?.[0] === 'string' ? [sizes[0]] : [])),
  );
  const samples = samplesOf(model);
  const shapeOf: ShapeOf = (name) => {
    const sizes = dims.get(name)?.map((size) => perSample(size, batches));
    return sizes?.every((size) => size !== undefined) ? (sizes as number[]) : undefined;
  };
  const unused = new Map(
    model.initializers.filter(({ type }) => isFloat(type)).map(({ name, dims: sizes }) => [name, sizeOf(sizes)]),
  );
  const parameters = [...unused.values()].reduce((sum, size) => sum + size, 0);
  const take = (name: string): number => {
    const size = unused.get(name) ?? 0;
    unused.delete(name);
    return size;
  };
  const perOne = (flops: number | undefined) => (flops === undefined ? null : Math.round(flops / samples));
  const nodes = model.nodes.map((node: OnnxNode): NodeSummary => {
    const output = node.outputs.find(Boolean);
    return {
      name: node.name,
      opType: node.opType,
      dims: output === undefined ? undefined : dims.get(output),
      parameters: node.inputs.reduce((sum, name) => sum + take(name), 0),
      flops: perOne(flopsOf(node, shapeOf)),
    };
  });
  const { name, producer, irVersion, opsets, inputs, outputs, metadata } = model;
  const operators = byOperator(nodes);
  return {
    ...{ name, producer, irVersion, opsets, inputs, outputs, nodes, operators, parameters, samples },
    flops: operators.reduce((sum, { flops }) => sum + flops, 0),
    uncounted: [...new Set(nodes.filter(({ flops }) => flops === null).map(({ opType }) => opType))].sort(),
    externalFiles: [
      ...new Set(model.initializers.flatMap(({ data }) => (data.kind === 'external' ? [data.location] : []))),
    ],
    metadata,
  };
}
