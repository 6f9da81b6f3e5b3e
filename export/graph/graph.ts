import { SennError } from '../../core/errors.ts';
import { sizeOf } from '../../core/tensor.ts';
import { createMaker } from '../onnx/bytes.ts';
import { metadataProps } from '../onnx/metadata.ts';
import { type DimensionProto, dataType, type ModelProto, type NodeProto, type ValueInfoProto } from '../onnx/proto.ts';
import { uniqueNames } from '../onnx/unique-names.ts';
import { runPasses } from '../passes/index.ts';
import { createInitializers, type ExternalData } from './initializers.ts';
import type { Operand, Raw, Scope } from './scope.ts';
import { type Form, storedShape, type Value } from './value.ts';

/** The graph under construction: emitters add nodes and constants through scopes, and `build` cleans up. */

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

const nameOf = (operand: Operand): string => (typeof operand === 'string' ? operand : operand.name);

/**
 * An ONNX graph that grows by scopes. Nodes are listed as they are added, so operands come before their users.
 * @throws invalid_config where two inputs or outputs share a name
 */
export function createGraph({ reserved, opset, batch: fixedBatch, externalData }: GraphOptions): Graph {
  const twice = reserved.find((name, i) => reserved.indexOf(name) < i);
  if (twice !== undefined) {
    throw new SennError('invalid_config', `export: the name "${twice}" is given to two inputs or outputs`, {
      name: twice,
    });
  }
  const unique = uniqueNames(reserved);
  const nodes: NodeProto[] = [];
  const inputs: ValueInfoProto[] = [];
  const outputs: ValueInfoProto[] = [];
  const inner: ValueInfoProto[] = [];
  const made = createMaker();

  const { tensors, constant } = createInitializers(unique, externalData);

  function valueInfo(name: string, { dims, type = 'float32' }: Raw): ValueInfoProto {
    const dim = dims.map((size) => dimension(size, fixedBatch));
    return { name, type: { tensorType: { elemType: dataType[type], shape: { dim } } } };
  }

  function scope(prefix: string, batch = BATCH): Scope {
    const raw: Scope['raw'] = (opType, operands, wanted, attributes = {}) => {
      const names = wanted.map((output) => (output === undefined ? '' : unique(`${prefix}/${opType}`)));
      nodes.push({
        input: operands.map(nameOf),
        output: names,
        name: names.find((name) => name !== '') as string,
        opType,
        attribute: Object.entries(attributes).map(([key, attribute]) => attribute(key)),
      });
      wanted.forEach((output, i) => {
        if (output !== undefined) inner.push(valueInfo(names[i] as string, output));
      });
      return names;
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
      nodes.push({
        input: [value.name],
        output: [name],
        name: unique(`${name}/Identity`),
        opType: 'Identity',
        attribute: [],
      });
      outputs.push(valueInfo(name, { dims: [BATCH, ...storedShape(value)] }));
    },
    build({ name, metadata, producerVersion }) {
      return {
        irVersion: irVersionOf(opset),
        producerName: 'senn-onnx',
        ...(producerVersion !== undefined && { producerVersion }),
        graph: runPasses({
          node: nodes,
          name,
          initializer: tensors,
          input: inputs,
          output: outputs,
          valueInfo: inner,
        }),
        opsetImport: [{ domain: '', version: opset }],
        metadataProps: metadataProps(metadata),
      };
    },
  };
}
