import { SennError } from '../../core/errors.ts';
import { sizeOf } from '../../core/tensor.ts';
import { type DimensionProto, dataType, type ModelProto, type NodeProto, type ValueInfoProto } from '../onnx/proto.ts';
import { keepPadsFromPools } from '../passes/pads.ts';
import { createTransposes } from '../passes/transposes.ts';
import { ints } from './attributes.ts';
import { createMaker } from './bytes.ts';
import { createInitializers, type ExternalData } from './initializers.ts';
import type { Operand, Raw, Scope } from './scope.ts';
import { type Form, storedShape, type Value } from './value.ts';

/** The name of the size that varies from run to run; it leads every shape. */
export const BATCH = 'batch';

export interface Graph {
  input(name: string, form: Form): Value;
  /** Makes a value an output of the graph. The name must have been reserved. */
  output(name: string, value: Value): void;
  /** @param batch the name of the leading size of its values; default `batch` */
  scope(prefix: string, batch?: string): Scope;
  build(options: BuildOptions): ModelProto;
}

export interface GraphOptions {
  /** Names of the graph's inputs and outputs, which no other value gets. */
  readonly reserved: readonly string[];
  readonly opset: number;
  /** The size of the batch, where it is fixed. */
  readonly batch?: number | undefined;
  readonly externalData?: ExternalData | undefined;
}

export interface BuildOptions {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly producerVersion?: string | undefined;
}

/** The oldest intermediate representation that knows the opset (ONNX, Versioning.md), but at most 10. */
function irVersionOf(opset: number): number {
  if (opset <= 18) return 8;
  return opset <= 20 ? 9 : 10;
}

/** A size as the graph declares it: a name that varies, `batch` or `batch*3`, is a number where the batch is fixed. */
function dimension(size: number | string, batch: number | undefined): DimensionProto {
  if (typeof size === 'number') return { dimValue: size };
  if (batch === undefined) return { dimParam: size };
  const factors = size.split('*').slice(1).map(Number);
  return { dimValue: factors.reduce((product, factor) => product * factor, batch) };
}

/** The elements as bytes, which are those of the array itself where it is of single precision. */
function float32Bytes(values: Float32Array | readonly number[]): Uint8Array {
  const { buffer, byteOffset, byteLength } = values instanceof Float32Array ? values : Float32Array.from(values);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The nodes that an output depends on, in their order. */
function liveNodes(nodes: readonly NodeProto[], outputs: Iterable<string>): NodeProto[] {
  const wanted = new Set(outputs);
  const live = nodes.toReversed().filter(({ input, output }) => {
    if (!output.some((name) => wanted.has(name))) return false;
    for (const name of input) wanted.add(name);
    return true;
  });
  return live.reverse();
}

const nameOf = (operand: Operand): string => (typeof operand === 'string' ? operand : operand.name);

/**
 * An ONNX graph that grows by scopes. Nodes are listed as they are added, so operands come before their users.
 * @throws invalid_config where two inputs or outputs share a name
 */
export function createGraph({ reserved, opset, batch: fixedBatch, externalData }: GraphOptions): Graph {
  const taken = new Set<string>();
  for (const name of reserved) {
    if (taken.has(name)) {
      throw new SennError('invalid_config', `export: the name "${name}" is given to two inputs or outputs`, { name });
    }
    taken.add(name);
  }
  const nodes: NodeProto[] = [];
  const inputs: ValueInfoProto[] = [];
  const outputs: ValueInfoProto[] = [];
  const inner = new Map<string, ValueInfoProto>();
  const renamed = new Map<string, string>();
  const transposes = createTransposes();
  const made = createMaker();

  function unique(wanted: string): string {
    let name = wanted;
    for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
    taken.add(name);
    return name;
  }

  const { tensors, constant } = createInitializers(unique, externalData);

  function valueInfo(name: string, { dims, type = 'float32' }: Raw): ValueInfoProto {
    const dim = dims.map((size) => dimension(size, fixedBatch));
    return { name, type: { tensorType: { elemType: dataType[type], shape: { dim } } } };
  }

  function scope(prefix: string, batch = BATCH): Scope {
    const add: Scope['raw'] = (opType, operands, wanted, attributes = {}) => {
      const names = wanted.map((output) => (output === undefined ? '' : unique(`${prefix}/${opType}`)));
      nodes.push({
        input: operands.map(nameOf),
        output: names,
        name: names.find((name) => name !== '') as string,
        opType,
        attribute: Object.entries(attributes).map(([key, attribute]) => attribute(key)),
      });
      wanted.forEach((output, i) => {
        const name = names[i] as string;
        if (output !== undefined) inner.set(name, valueInfo(name, output));
      });
      return names;
    };
    const raw: Scope['raw'] = (opType, operands, wanted, attributes = {}) => {
      const perm = opType === 'Transpose' ? attributes['perm']?.('perm') : undefined;
      if (perm === undefined || !('ints' in perm)) return add(opType, operands, wanted, attributes);
      const transpose = transposes.resolve(nameOf(operands[0] as Operand), perm.ints);
      const found = transposes.find(transpose);
      if (found !== undefined) return [found];
      const [name] = add(opType, [transpose.source], wanted, { perm: ints(transpose.perm) }) as [string];
      transposes.add(transpose, name);
      return [name];
    };
    return {
      opset,
      batch,
      folded: (factor) => scope(prefix, `${batch}*${factor}`),
      raw,
      node(opType, operands, { shape, layout }, attributes) {
        const dims = [batch, ...storedShape({ shape, layout })];
        const [name] = raw(opType, operands, [{ dims }], attributes) as [string];
        return { name, shape, layout };
      },
      float32: (role, dims, values) => {
        const bytes = typeof values === 'function' ? made(sizeOf(dims), values) : float32Bytes(values);
        return constant(`${prefix}/${role}`, dims, dataType.float32, bytes);
      },
      int64(role, values) {
        const vector = typeof values === 'number' ? [values] : values;
        const dims = typeof values === 'number' ? [] : [values.length];
        const bytes = new Uint8Array(BigInt64Array.from(vector, BigInt).buffer);
        return constant(`${prefix}/${role}`, dims, dataType.int64, bytes);
      },
      bool: (role, dims, values) =>
        constant(
          `${prefix}/${role}`,
          dims,
          dataType.bool,
          Uint8Array.from(values, (value) => (value ? 1 : 0)),
        ),
    };
  }

  return {
    scope,
    input(name, { shape, layout }) {
      inputs.push(valueInfo(name, { dims: [BATCH, ...storedShape({ shape, layout })] }));
      return { name, shape, layout };
    },
    output(name, value) {
      // The node that makes the value takes the output's name, unless the value is an input or an output already.
      const free = inner.has(value.name) && !renamed.has(value.name);
      renamed.set((free ? value : scope(name).node('Identity', [value], value)).name, name);
      outputs.push(valueInfo(name, { dims: [BATCH, ...storedShape(value)] }));
    },
    build({ name, metadata, producerVersion }) {
      const rename = (value: string) => renamed.get(value) ?? value;
      const minusZero = () => constant('minus_zero', [], dataType.float32, float32Bytes([-0]));
      const live = keepPadsFromPools(liveNodes(nodes, renamed.keys()), minusZero);
      const used = new Set(live.flatMap(({ input, output }) => [...input, ...output]));
      return {
        irVersion: irVersionOf(opset),
        producerName: 'senn-onnx',
        ...(producerVersion !== undefined && { producerVersion }),
        graph: {
          node: live.map((node) => ({ ...node, input: node.input.map(rename), output: node.output.map(rename) })),
          name,
          initializer: tensors.filter((tensor) => used.has(tensor.name)),
          input: inputs,
          output: outputs,
          valueInfo: [...inner].filter(([value]) => used.has(value) && !renamed.has(value)).map(([, info]) => info),
        },
        opsetImport: [{ domain: '', version: opset }],
        metadataProps: Object.keys(metadata)
          .sort()
          .map((key) => ({ key, value: metadata[key] as string })),
      };
    },
  };
}
