import { SennError } from '../../core/errors.ts';
import type { OnnxModel, OnnxValue } from '../onnx/read-onnx.ts';

/** Which tensor of a foreign graph is the input, and which one says how much each class has. */

export interface BlackBoxPorts {
  readonly input: OnnxValue;
  readonly output: OnnxValue;
}

const told = ({ name, type, dims }: OnnxValue): string => `${name} ${type} [${dims?.join(', ') ?? '?'}]`;

/** The one float input, whose first size is the batch. @throws unsupported_input */
function inputOf({ inputs }: OnnxModel, where: string): OnnxValue {
  const [input, ...others] = inputs;
  const refuse = (rule: string): SennError =>
    new SennError('unsupported_input', `${where}: ${rule}; it takes ${inputs.map(told).join('; ') || 'nothing'}`, {
      inputs: inputs.map(told),
    });
  if (input === undefined || others.length > 0) {
    throw refuse(
      'the model must take one tensor (scikit-learn: convert with one FloatTensorType([None, F]) and not a column each)',
    );
  }
  if (input.type !== 'float32') throw refuse('the input must be float32');
  const [batch, ...rest] = input.dims ?? [];
  if (rest.length !== 1 && rest.length !== 3) {
    throw refuse('the input must be [batch, features], [batch, C, H, W] or [batch, H, W, C]');
  }
  if (typeof batch === 'number') {
    throw refuse(
      `the batch must be open, not ${batch} (PyTorch: torch.onnx.export(…, dynamic_axes={"${input.name}": {0: "batch"}}))`,
    );
  }
  return input;
}

/** A tensor that may have a number for each class. */
const isClassScores = ({ type, dims }: OnnxValue): boolean =>
  type === 'float32' &&
  (dims === undefined || (dims.length >= 2 && dims.slice(2).every((size) => size === 1 || typeof size === 'string')));

/** @param name as `--output` gives it @throws unsupported_input */
function outputOf({ outputs, nodes }: OnnxModel, name: string | undefined, where: string): OnnxValue {
  const refuse = (rule: string): SennError =>
    new SennError('unsupported_input', `${where}: ${rule}; it gives ${outputs.map(told).join('; ')}`, {
      outputs: outputs.map(told),
    });
  const zipMap = nodes.find(({ opType }) => opType === 'ZipMap');
  const zipped = (output: OnnxValue): boolean => zipMap?.outputs.includes(output.name) ?? false;
  const unzip =
    'its probabilities are a list of dictionaries (ZipMap); convert with options={id(classifier): {"zipmap": False}}';
  if (name !== undefined) {
    const named = outputs.find((output) => output.name === name);
    if (named === undefined) throw refuse(`no output "${name}"`);
    if (zipped(named)) throw refuse(unzip);
    if (!isClassScores(named)) throw refuse(`output "${name}" must be float32 [batch, classes]`);
    return named;
  }
  const found = outputs.filter(isClassScores);
  const [output, ...others] = found;
  if (output === undefined) {
    throw refuse(outputs.some(zipped) ? unzip : 'no output is float32 [batch, classes]');
  }
  if (others.length > 0) throw refuse('several outputs could say the classes; choose one with --output');
  return output;
}

/** @throws unsupported_input where a graph is no classifier that can be served, with what to do about it */
export const portsOf = (onnx: OnnxModel, where: string, output: string | undefined): BlackBoxPorts => ({
  input: inputOf(onnx, where),
  output: outputOf(onnx, output, where),
});
