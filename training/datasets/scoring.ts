import { SennError } from '../../core/errors.ts';
import { inputShape } from '../../core/manifest.ts';
import type { ScoringInputs, ScoringOptions } from '../../core/score/inputs.ts';
import { batchSize, sliceRows } from '../../core/tensor.ts';
import { datasetNames, datasets } from './index.ts';

const splits = ['train', 'test'] as const;

/**
 * The inputs that `--data SET:SPLIT` names, in file order.
 * @throws unknown_data_set for a set or split that does not exist, unsupported_input where the model takes other inputs
 */
export async function loadScoringInputs(
  spec: string,
  { limit, input }: ScoringOptions,
): Promise<Required<ScoringInputs>> {
  const choices = datasetNames.flatMap((set) => splits.map((split) => ({ set, split, name: `${set}:${split}` })));
  const choice = choices.find(({ name }) => name === spec);
  if (choice === undefined) {
    const names = choices.map(({ name }) => name);
    throw new SennError('unknown_data_set', `unknown data set "${spec}"; choose ${names.join(' or ')}`, {
      spec,
      choices: names,
    });
  }
  const dataset = await datasets[choice.set]();
  const expected = inputShape({ input }).join(', ');
  const actual = inputShape(dataset).join(', ');
  if (expected !== actual) {
    throw new SennError('unsupported_input', `data set ${spec} has inputs [${actual}]; the model takes [${expected}]`);
  }
  const { inputs, labels } = dataset[choice.split];
  const count = Math.min(limit ?? Number.POSITIVE_INFINITY, batchSize(inputs));
  return { name: spec, input: sliceRows(inputs, 0, count), labels: labels.subarray(0, count) };
}
