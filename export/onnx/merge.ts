import { SennError } from '../../core/errors.ts';
import { withoutDeadNodes } from '../passes/dead-nodes.ts';
import { decodeForeign } from './foreign.ts';
import { LAYOUT, metadataProps } from './metadata.ts';
import { describePort } from './ports.ts';
import type { GraphProto, ModelProto, ValueInfoProto } from './proto.ts';
import { encodeModel } from './schema.ts';
import { uniqueNames } from './unique-names.ts';

/**
 * Several ONNX models as one: `model.onnx`, the whole forward pass of a self-explaining network in a single run, is the
 * conceptizer and the parameterizer merged. Ports keep their names, since names are what joins the parts; everything
 * inside a part gets the part's name in front.
 */

/** One model to merge. */
export interface MergePart {
  /** Stands before the names of the part's inner values, and in messages: `conceptizer`. */
  readonly name: string;
  /** The bytes of an `.onnx` file. */
  readonly graph: Uint8Array;
}

export interface MergeOptions {
  /** Name of the merged graph. */
  readonly name: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The outputs to keep, in this order. Default: every output of every part, in the order of the parts. */
  readonly outputs?: readonly string[];
  readonly producerVersion?: string;
}

interface Part {
  readonly name: string;
  readonly model: ModelProto;
}

/** A port of the merged graph, and the part that it was found in first. */
interface Port {
  readonly part: string;
  readonly info: ValueInfoProto;
}

/** From this intermediate representation on, a constant need not be listed among the inputs (ONNX, IR.md). */
const LEAST_IR_VERSION = 4;

const refuse = (rule: string): never => {
  throw new SennError('invalid_config', `mergeModels: ${rule}`);
};

/** What the parts' metadata say of the layout of some ports. */
function layoutsOf(parts: readonly Part[], ports: readonly (string | undefined)[]): Record<string, string> {
  const keys = new Set(ports.map((port) => `${LAYOUT}${port}`));
  const all = parts.flatMap(({ model }) => model.metadataProps ?? []);
  return Object.fromEntries(all.flatMap(({ key, value }) => (key && value && keys.has(key) ? [[key, value]] : [])));
}

/** @throws invalid_model where the bytes are no model that can be merged */
function decodedPart({ name, graph }: MergePart): Part {
  const where = `mergeModels: part "${name}"`;
  const model = decodeForeign(graph, where);
  const { irVersion = 0 } = model;
  if (model.graph === undefined || irVersion < LEAST_IR_VERSION) {
    const found = model.graph === undefined ? 'no graph' : `IR version ${irVersion}`;
    throw new SennError(
      'invalid_model',
      `${where}: ${found}; must be a graph of IR version ${LEAST_IR_VERSION} or later`,
    );
  }
  const nested = model.graph.node.find(({ attribute }) => attribute.some(({ g }) => g !== undefined));
  if (nested !== undefined) {
    const what = `node "${nested.name ?? ''}" (${nested.opType}) holds a graph of its own`;
    throw new SennError('invalid_model', `${where}: ${what}, whose values cannot be renamed`);
  }
  return { name, model: model as unknown as ModelProto };
}

/** The operator sets of a model in words, in the order of their domains. */
function describeOpsets({ opsetImport }: ModelProto): string {
  const sets = opsetImport.map(({ domain, version }) => `${domain || 'ai.onnx'} ${version}`);
  return sets.sort().join(', ');
}

/** @throws invalid_config where there are no parts, two of one name, or parts of different operator sets */
function checkParts(parts: readonly Part[]): asserts parts is readonly [Part, ...Part[]] {
  const [first, ...others] = parts;
  if (first === undefined) return refuse('there must be at least one part');
  const names = parts.map(({ name }) => name);
  if (names.includes('') || new Set(names).size < names.length) {
    return refuse(`each part must have a name of its own, got ${names.map((name) => `"${name}"`).join(', ')}`);
  }
  for (const { name, model } of others) {
    const [ours, theirs] = [describeOpsets(first.model), describeOpsets(model)];
    if (ours !== theirs) refuse(`operator sets must agree: "${first.name}" has ${ours}, "${name}" has ${theirs}`);
  }
}

/** @throws shape_mismatch where two ports of one name differ in their type or sizes */
function checkAgree(known: Port, { part, info }: Port): void {
  const [expected, actual] = [describePort(known.info), describePort(info)];
  if (expected === actual) return;
  throw new SennError(
    'shape_mismatch',
    `mergeModels: ${actual} of "${part}" must be ${expected}, as in "${known.part}"`,
    {
      port: info.name,
      parts: [known.part, part],
    },
  );
}

/**
 * The inputs and outputs of the merged graph. An input that several parts share is one; an input that a part before
 * makes is none, but a wire.
 * @throws shape_mismatch | invalid_config
 */
function portsOf(parts: readonly Part[]): Record<'inputs' | 'outputs', ReadonlyMap<string, Port>> {
  const inputs = new Map<string, Port>();
  const outputs = new Map<string, Port>();
  for (const { name: part, model } of parts) {
    for (const info of model.graph.input) {
      const known = outputs.get(info.name) ?? inputs.get(info.name);
      if (known === undefined) inputs.set(info.name, { part, info });
      else checkAgree(known, { part, info });
    }
    for (const info of model.graph.output) {
      const { name } = info;
      const maker = outputs.get(name)?.part;
      if (maker !== undefined)
        refuse(`"${name}" must be made by one part, but is an output of "${maker}" and "${part}"`);
      const reader = inputs.get(name)?.part;
      if (reader !== undefined) {
        refuse(`"${name}", an output of "${part}", is read by "${reader}"; a part must stand behind what it reads`);
      }
      outputs.set(name, { part, info });
    }
  }
  return { inputs, outputs };
}

/** @throws invalid_config where an output is wanted that no part makes, or twice */
function chosenOutputs(made: ReadonlyMap<string, Port>, wanted: readonly string[] = [...made.keys()]): Port[] {
  if (new Set(wanted).size < wanted.length) refuse(`outputs ${wanted.join(', ')} must be different`);
  return wanted.map(
    (name) => made.get(name) ?? refuse(`no part has the output "${name}"; choose from ${[...made.keys()].join(', ')}`),
  );
}

/** The part's graph with the part's name before every name that is no port. @param unique gives names nothing else has */
function prefixed({ name: part, model: { graph } }: Part, unique: (wanted: string) => string): GraphProto {
  const ports = [...graph.input, ...graph.output].map(({ name }) => name);
  const renamed = new Map(['', ...ports].map((name) => [name, name]));
  const rename = (name: string): string => {
    const known = renamed.get(name);
    if (known !== undefined) return known;
    const given = unique(`${part}/${name}`);
    renamed.set(name, given);
    return given;
  };
  return {
    ...graph,
    node: graph.node.map((node) => ({
      ...node,
      name: `${part}/${node.name ?? ''}`,
      input: node.input.map(rename),
      output: node.output.map(rename),
    })),
    initializer: graph.initializer.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
    valueInfo: graph.valueInfo.map((info) => ({ ...info, name: rename(info.name) })),
  };
}

/**
 * Merges models, in the order in which they run, into one that gives in one run what they give one after the other.
 * Inputs of the same name become one input; an output of one part that a later part has as its input is wired to it, and
 * is an output still, unless `outputs` leaves it out. Equal parts and options give equal bytes. Constants outside a
 * part's file stay where they are, so the merged file belongs into the same folder.
 * @returns the bytes of an `.onnx` file
 * @throws shape_mismatch where ports of one name differ; invalid_model where a part is no model that can be merged;
 * invalid_config where parts do not go together, or the file would be larger than 2 GB
 */
export function mergeModels(given: readonly MergePart[], options: MergeOptions): Uint8Array {
  const parts = given.map(decodedPart);
  checkParts(parts);
  const { inputs, outputs } = portsOf(parts);
  const kept = chosenOutputs(outputs, options.outputs).map(({ info }) => info);
  const inner = [...outputs.values()].map(({ info }) => info).filter((info) => !kept.includes(info));
  const unique = uniqueNames([...inputs.keys(), ...outputs.keys()]);
  const graphs = parts.map((part) => prefixed(part, unique));
  const { name, metadata = {}, producerVersion } = options;
  return encodeModel({
    irVersion: Math.max(...parts.map(({ model }) => model.irVersion)),
    producerName: 'senn-onnx',
    ...(producerVersion !== undefined && { producerVersion }),
    graph: withoutDeadNodes({
      node: graphs.flatMap(({ node }) => node),
      name,
      initializer: graphs.flatMap(({ initializer }) => initializer),
      input: [...inputs.values()].map(({ info }) => info),
      output: kept,
      valueInfo: [...graphs.flatMap(({ valueInfo }) => valueInfo), ...inner],
    }),
    opsetImport: parts[0].model.opsetImport,
    metadataProps: metadataProps({
      ...layoutsOf(parts, [...inputs.keys(), ...kept.map((info) => info.name)]),
      ...metadata,
    }),
  });
}
