import { SennError } from '../../core/errors.ts';
import { OpenSize } from '../graph/size.ts';
import { LAYOUT, metadataProps } from '../onnx/metadata.ts';
import { opsets } from '../onnx/opsets.ts';
import type { GraphProto, ModelProto, NodeProto } from '../onnx/proto.ts';
import { runPasses } from '../passes/index.ts';
import { declared, type GrowingGraph, growing } from './builder.ts';
import { NoRule } from './no-rule.ts';
import { differentiable, flat, ruleOf } from './rules/index.ts';
import { zerosLike } from './shared/shapes.ts';

/**
 * Gradients that export: the vector-Jacobian product of a graph, as a graph. Behind the nodes of the forward pass, in
 * their opposite order, stands what takes cotangents of the outputs back to the inputs, operator by operator
 * (reverse-mode differentiation; Griewank & Walther 2008, "Evaluating Derivatives", chapter 3).
 */

/** The names of what a gradient is asked by and answered with. */
export interface GradientPorts {
  /** By the name of an output: the name of the input that takes its cotangent, which has the output's shape. */
  readonly cotangents: Readonly<Record<string, string>>;
  /** By the name of an input: the name of the output that gives its gradient, which has the input's shape. */
  readonly gradients: Readonly<Record<string, string>>;
}

const describe = ({ opType, name }: NodeProto): string => `${opType} "${name}"`;

/** The values that depend on what gradients are wanted of, by operators that have a derivative. */
function activeValues({ node }: GraphProto, { isFloat }: GrowingGraph, wanted: readonly string[]): Set<string> {
  const active = new Set(wanted);
  for (const { opType, input, output } of node) {
    if (flat.has(opType) || !input.some((name) => active.has(name))) continue;
    for (const name of output) if (isFloat(name)) active.add(name);
  }
  return active;
}

/** The cotangents of a node's inputs. @throws unsupported_layer */
function pulledBack(
  node: NodeProto,
  cotangents: readonly (string | undefined)[],
  active: ReadonlySet<string>,
  graph: GrowingGraph,
): readonly (string | undefined)[] {
  const refuse = (reason: string, cause?: Error): never => {
    const details = { operator: node.opType, node: node.name };
    throw new SennError('unsupported_layer', `gradient of ${describe(node)}: ${reason}`, details, cause);
  };
  const rule = ruleOf(node.opType);
  if (rule === undefined) return refuse(`the operator has no rule; those that have: ${differentiable.join(', ')}`);
  try {
    return rule({
      node,
      x: node.input,
      y: node.output,
      dy: cotangents,
      wants: (i) => active.has(node.input[i] ?? ''),
      build: graph.builder(`${node.name}/gradient`),
    });
  } catch (error) {
    if (error instanceof OpenSize) {
      return refuse(
        `must know the size "${error.size}" as a number; give the model's inputs theirs: inputShapes`,
        error,
      );
    }
    if (error instanceof NoRule) return refuse(`no rule for this form of it: ${error.message}`, error);
    throw error;
  }
}

/** What the metadata say, of the ports that the gradient has. */
function metadataOf({ metadataProps: props = [] }: ModelProto, { cotangents, gradients }: GradientPorts) {
  const entries = props.flatMap(({ key, value }) => {
    if (!key.startsWith(LAYOUT)) return [[key, value]];
    const port = key.slice(LAYOUT.length);
    const [cotangent, gradient] = [cotangents[port], gradients[port]];
    return [
      ...(cotangent === undefined ? [[key, value]] : [[`${LAYOUT}${cotangent}`, value]]),
      ...(gradient === undefined ? [] : [[`${LAYOUT}${gradient}`, value]]),
    ];
  });
  return metadataProps(Object.fromEntries(entries));
}

/** @throws invalid_config where a port is none of the graph, is no float32, or its name is taken */
function checkPorts({ input, output }: GraphProto, ports: GradientPorts, isFloat: GrowingGraph['isFloat']): void {
  const refuse = (rule: string): never => {
    throw new SennError('invalid_config', `gradient: ${rule}`);
  };
  for (const [what, of, given] of [
    ['output', output, Object.keys(ports.cotangents)],
    ['input', input, Object.keys(ports.gradients)],
  ] as const) {
    const names = of.map(({ name }) => name).filter(isFloat);
    if (given.length === 0) refuse(`there must be an ${what} of float32`);
    const unknown = given.find((name) => !names.includes(name));
    if (unknown !== undefined)
      refuse(`"${unknown}" is no ${what} of float32; choose ${names.join(', ') || 'another model'}`);
  }
  const made = [...Object.values(ports.cotangents), ...Object.values(ports.gradients)];
  const all = [...made, ...[...input, ...output].map(({ name }) => name)];
  const twice = made.find((name) => all.indexOf(name) !== all.lastIndexOf(name));
  if (twice !== undefined) refuse(`the name "${twice}" must be given to one port alone`);
}

/** @throws unsupported_layer where the graph is of an operator set whose operators the rules do not write */
function checkOpset({ opsetImport }: ModelProto): void {
  const version = opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 0;
  if (version >= opsets.min) return;
  throw new SennError(
    'unsupported_layer',
    `gradient: the graph is of opset ${version}; must be ${opsets.min} or later`,
  );
}

/** The cotangent of every value on the way back, as far as it is known: several of one value are summed. */
function accumulator(graph: GrowingGraph) {
  const known = new Map<string, string>();
  return {
    get: (value: string): string | undefined => known.get(value),
    add(value: string, cotangent: string, prefix: string): void {
      const before = known.get(value);
      const build = graph.builder(prefix);
      known.set(value, before === undefined ? cotangent : build.op('Add', [before, cotangent], build.dims(value)));
    },
  };
}

/**
 * The vector-Jacobian product of a model: inputs of the model and cotangents of outputs → `Σ_j cotangent[j]·∂output[j]/∂input`
 * of each input that is named. It gives these alone; where an input does not reach an output, zeros.
 * @throws unsupported_layer for an operator without a rule on the way, or a size that is open and must be known |
 * invalid_config (the ports)
 */
export function gradientsOf(model: ModelProto, ports: GradientPorts): ModelProto {
  const { graph } = model;
  checkOpset(model);
  const pairs = [...Object.entries(ports.cotangents), ...Object.entries(ports.gradients)];
  const grown = growing(
    graph,
    pairs.map(([port, name]) => [name, port]),
  );
  checkPorts(graph, ports, grown.isFloat);
  const active = activeValues(graph, grown, Object.keys(ports.gradients));
  const cotangents = accumulator(grown);
  for (const [output, cotangent] of Object.entries(ports.cotangents)) cotangents.add(output, cotangent, output);
  for (const node of graph.node.toReversed()) {
    const own = node.output.map((name) => cotangents.get(name));
    if (own.every((one) => one === undefined) || !node.output.some((name) => active.has(name))) continue;
    pulledBack(node, own, active, grown).forEach((cotangent, i) => {
      const value = node.input[i] as string;
      if (cotangent !== undefined && active.has(value)) cotangents.add(value, cotangent, `${node.name}/gradient`);
    });
  }
  const dimsOf = grown.builder('').dims;
  const ends = Object.entries(ports.gradients).map(([input, gradient]): NodeProto => {
    const value = cotangents.get(input) ?? zerosLike(grown.builder(gradient), input);
    return { input: [value], output: [gradient], name: `${gradient}/Identity`, opType: 'Identity', attribute: [] };
  });
  const given = (names: Readonly<Record<string, string>>) =>
    Object.values(names).map((name) => declared(name, dimsOf(name)));
  const whole = grown.grown({
    input: [...graph.input, ...given(ports.cotangents)],
    output: given(ports.gradients),
  });
  return {
    ...model,
    graph: runPasses({ ...whole, node: [...whole.node, ...ends] }),
    metadataProps: metadataOf(model, ports),
  };
}
