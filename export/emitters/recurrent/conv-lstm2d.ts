import { z } from 'zod';
import { int, ints } from '../../graph/attributes.ts';
import { measured, shapeOperand, toTfjs } from '../../graph/layout.ts';
import type { Scope } from '../../graph/scope.ts';
import { fixedSize, type Size } from '../../graph/size.ts';
import { type Form, storedShape, type Value } from '../../graph/value.ts';
import { configOf, type Layer } from '../../layers-model/layer.ts';
import { activate, activationName } from '../activation/activate.ts';
import { biasOf, convConfig, convolve, kernelOf } from '../convolution/conv.ts';
import type { Emitter } from '../emitter.ts';
import { type DataFormat, spatialForm, spatialOf } from '../shared/spatial.ts';
import { recurrentConfigOf, stackOf } from './recurrent.ts';

/** ConvLSTM2D, for which ONNX has no operator: its steps, written out one after the other. */

const cellConfig = convConfig(2).extend({ filters: z.int().positive(), recurrentActivation: activationName });
type CellConfig = z.infer<typeof cellConfig>;

/** What one step leaves, as images of `filters` channels. */
interface State {
  readonly output: Value;
  readonly carry: Value;
}

/** The four gates of every step before the state comes in: one Conv over all steps, then one value for each. */
function inputGates(scope: Scope, cell: Layer, x: Value, config: CellConfig): Value[] {
  const [time, ...shape] = x.shape as [Size, ...Size[]];
  const T = fixedSize(time);
  const channels = 4 * config.filters;
  const steps = scope.folded(T);
  const whole = toTfjs(scope, x);
  const operand = shapeOperand(scope, 'steps', [steps.batch, ...shape], [measured(scope, whole)]);
  const images = steps.node('Reshape', [whole, operand], { shape, layout: 'tfjs' });
  const weights = [kernelOf(cell, scope, 'kernel'), ...biasOf(cell, scope, config.useBias)];
  const gates = convolve(steps, images, { ...config, channels, weights });
  const sequence = [T, ...storedShape(gates)];
  const unfolded = [gates, shapeOperand(scope, 'sequence', [scope.batch, ...sequence], [measured(steps, gates)])];
  const [all] = scope.raw('Reshape', unfolded, [{ dims: [scope.batch, ...sequence] }]) as [string];
  return Array.from({ length: T }, (_, t) =>
    scope.node('Gather', [all, scope.int64('step', t)], gates, { axis: int(1) }),
  );
}

/** Input, forget, candidate and output gate, each activated. */
function split(scope: Scope, gates: Value, { filters, dataFormat, ...config }: CellConfig) {
  const [, ...sizes] = storedShape(gates);
  const part = { dims: [scope.batch, filters, ...sizes] };
  const form: Form = spatialForm(dataFormat, { channels: filters, sizes });
  const lengths = scope.int64('gates', [filters, filters, filters, filters]);
  return scope
    .raw('Split', [gates, lengths], [part, part, part, part], { axis: int(1) })
    .map((name, i) => activate(scope, i === 2 ? config.activation : config.recurrentActivation, { name, ...form })) as [
    Value,
    Value,
    Value,
    Value,
  ];
}

/** A sequence of images, whose channels stand behind the time in the graph until here: `[batch, T, F, H, W]`. */
function sequenceOf(scope: Scope, outputs: readonly Value[], format: DataFormat): Value {
  const [F, H, W] = storedShape(outputs[0] as Value) as [Size, Size, Size];
  const T = outputs.length;
  const axes = scope.int64('axes', [1]);
  const steps = outputs.flatMap((output) =>
    scope.raw('Unsqueeze', [output, axes], [{ dims: [scope.batch, 1, F, H, W] }]),
  );
  const [joined] = scope.raw('Concat', steps, [{ dims: [scope.batch, T, F, H, W] }], { axis: int(1) }) as [string];
  if (format === 'channelsFirst') return { name: joined, shape: [T, F, H, W], layout: 'tfjs' };
  const form = { shape: [T, H, W, F], layout: 'tfjs' } as const;
  return scope.node('Transpose', [joined], form, { perm: ints([0, 1, 3, 4, 2]) });
}

/**
 * ConvLSTM2D: `[batch, T, H, W, C]` → `[batch, H′, W′, filters]` or the sequence of them. ONNX has no such operator, so
 * the steps, whose number is fixed, are written out: c′ = f·c + i·candidate, h′ = o·activation(c′).
 */
export const emitConvLSTM2D: Emitter = ({ layer, inputs: [x, ...given], scope }) => {
  const { goBackwards, returnSequences, returnState } = recurrentConfigOf(layer);
  const [cell] = stackOf(layer) as [Layer];
  const config = configOf(cell, cellConfig);
  const recurrence = {
    ...config,
    padding: 'same',
    strides: [1, 1],
    dilationRate: [1, 1],
    channels: 4 * config.filters,
    weights: [kernelOf(cell, scope, 'recurrent_kernel')],
  } as const;
  const binary = (opType: string, a: Value, b: Value) => scope.node(opType, [a, b], a);
  const [output, carry] = given.map((state) => spatialOf(scope, state, config.dataFormat).value);
  let before: State | undefined = output && carry && { output, carry };

  const steps = inputGates(scope, cell, x, config);
  const outputs = (goBackwards ? steps.toReversed() : steps).map((own) => {
    const gates = before ? binary('Add', own, convolve(scope, before.output, recurrence)) : own;
    const [i, f, candidate, o] = split(scope, gates, config);
    const fresh = binary('Mul', i, candidate);
    const next = before ? binary('Add', binary('Mul', f, before.carry), fresh) : fresh;
    before = { output: binary('Mul', o, activate(scope, config.activation, next)), carry: next };
    return before;
  });

  const last = outputs.at(-1) as State;
  const sequence = () =>
    sequenceOf(
      scope,
      outputs.map((state) => state.output),
      config.dataFormat,
    );
  const result = returnSequences ? sequence() : last.output;
  return returnState ? [result, last.output, last.carry] : result;
};
