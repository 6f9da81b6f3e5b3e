import { SennError } from '../../core/errors.ts';
import { sizeOf } from '../../core/tensor.ts';
import { type Bytes, createMaker } from '../onnx/bytes.ts';
import { metadataProps } from '../onnx/metadata.ts';
import {
  type DimensionProto,
  dataType,
  type ElementType,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from '../onnx/proto.ts';
import { uniqueNames } from '../onnx/unique-names.ts';
import { runPasses } from '../passes/index.ts';
import { createInitializers, type ExternalData } from './initializers.ts';
import { checkTypes } from './operator-types.ts';
import type { Operand, Raw, Scope } from './scope.ts';
import { type Size, times } from './size.ts';
import { type Form, storedShape, typeOf, type Value } from './value.ts';

/** The graph under construction: emitters add nodes and constants through scopes, and `build` cleans up. */

/** The name of the size that leads every shape, where it varies from run to run. */
const BATCH = 'batch';

export interface Graph {
  input(name: string, form: Form): Value;
  /** Makes a value an output of the graph. The name must have been reserved. */
  output(name: string, value: Value): void;
  /** The leading size of every value, unless something is folded into it. */
  readonly batch: Size;
  /** @param batch the leading size of its values; default that of the graph */
  scope(prefix: string, batch?: Size): Scope;
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

/** The intermediate representation of the first release of ONNX that has the opset (onnx, helper.py, VERSION_TABLE). */
function irVersionOf(opset: number): number {
  if (opset >= 23) return opset - 12; // 23 → 11, 24 → 12, 25 → 13
  if (opset >= 21) return 10;
  return opset >= 19 ? 9 : 8;
}

const dimension = (size: Size): DimensionProto => (typeof size === 'number' ? { dimValue: size } : { dimParam: size });

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
  const wholeBatch: Size = fixedBatch ?? BATCH;
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
  /** Of every value and constant, by its name. */
  const types = new Map<string, ElementType>();

  const { tensors, constant } = createInitializers(unique, externalData);

  function valueInfo(name: string, { dims, type = 'float32' }: Raw): ValueInfoProto {
    types.set(name, type);
    return { name, type: { tensorType: { elemType: dataType[type], shape: { dim: dims.map(dimension) } } } };
  }

  const named = (wanted: string, dims: readonly number[], type: ElementType, bytes: Bytes): string => {
    const name = constant(wanted, dims, dataType[type], bytes);
    types.set(name, type);
    return name;
  };

  function scope(prefix: string, batch: Size = wholeBatch): Scope {
    const raw: Scope['raw'] = (opType, operands, wanted, attributes = {}) => {
      checkTypes(prefix, {
        opType,
        operands: operands.map((operand) => types.get(nameOf(operand))),
        outputs: wanted.map((output) => output && (output.type ?? 'float32')),
        to: attributes['to']?.('to'),
      });
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
      folded: (factor) => scope(prefix, times(batch, factor)),
      raw,
      node(opType, operands, { shape, layout, type }, attributes) {
        const dims = [batch, ...storedShape({ shape, layout })];
        const [name] = raw(opType, operands, [{ dims, type: typeOf({ type }) }], attributes) as [string];
        return { name, shape, layout, type };
      },
      float32: (role, dims, values) => {
        const bytes = typeof values === 'function' ? made(sizeOf(dims), values) : float32Bytes(values);
        return named(`${prefix}/${role}`, dims, 'float32', bytes);
      },
      int32: (role, dims, values) =>
        named(`${prefix}/${role}`, dims, 'int32', new Uint8Array(Int32Array.from(values).buffer)),
      int64(role, values) {
        const vector = typeof values === 'number' ? [values] : values;
        const dims = typeof values === 'number' ? [] : [values.length];
        const bytes = new Uint8Array(BigInt64Array.from(vector, BigInt).buffer);
        return named(`${prefix}/${role}`, dims, 'int64', bytes);
      },
      bool: (role, dims, values) =>
        named(
          `${prefix}/${role}`,
          dims,
          'bool',
          Uint8Array.from(values, (value) => (value ? 1 : 0)),
        ),
    };
  }

  return {
    scope,
    batch: wholeBatch,
    input(name, form) {
      inputs.push(valueInfo(name, { dims: [wholeBatch, ...storedShape(form)], type: typeOf(form) }));
      return { name, ...form };
    },
    output(name, value) {
      nodes.push({
        input: [value.name],
        output: [name],
        name: unique(`${name}/Identity`),
        opType: 'Identity',
        attribute: [],
      });
      outputs.push(valueInfo(name, { dims: [wholeBatch, ...storedShape(value)], type: typeOf(value) }));
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
