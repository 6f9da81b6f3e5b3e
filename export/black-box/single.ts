import type { BlackBoxOutput } from '../../core/black-box/schema.ts';
import { SennError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { OnnxModel, OnnxValue } from '../onnx/read-onnx.ts';

/** A classifier of two classes that gives one number, of the second: what that number is. */

export const singleNumbers = ['probability', 'logit'] as const;
export type SingleNumber = (typeof singleNumbers)[number];

const gives = { probability: 'probabilities', logit: 'logits' } as const satisfies Record<SingleNumber, BlackBoxOutput>;

/** Operators that change the shape of what they are given, and no value. */
const PASSING: readonly string[] = ['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Cast', 'Dropout'];

/** Whether a Sigmoid makes the output. */
function isSigmoid({ nodes }: OnnxModel, { name }: OnnxValue): boolean {
  let wanted = name;
  for (let step = 0; step <= nodes.length; step++) {
    const node = nodes.find(({ outputs }) => outputs.includes(wanted));
    if (node === undefined || !PASSING.includes(node.opType)) return node?.opType === 'Sigmoid';
    wanted = node.inputs[0] as string;
  }
  return false;
}

/**
 * What the number is: as the importer says, else a probability where a Sigmoid makes it, else a logit where it leaves
 * [0, 1]. Numbers that stay there could be either, and nobody guesses.
 * @param answers `[N, 1]` @throws invalid_config where it cannot be told, or is said to be what it is not
 */
export function singleGives(
  onnx: OnnxModel,
  output: OnnxValue,
  answers: Tensor,
  said: SingleNumber | undefined,
  where: string,
): BlackBoxOutput {
  const outside = answers.data.find((value) => value < 0 || value > 1);
  if (said === 'probability' && outside !== undefined) {
    throw new SennError('invalid_config', `${where}: --single probability: must be from 0 to 1, got ${outside}`);
  }
  if (said !== undefined) return gives[said];
  if (isSigmoid(onnx, output)) return gives.probability;
  if (outside !== undefined) return gives.logit;
  throw new SennError(
    'invalid_config',
    `${where}: "${output.name}" is one number from 0 to 1 that no Sigmoid makes; say with --single whether it is a ${singleNumbers.join(' or a ')}`,
  );
}
