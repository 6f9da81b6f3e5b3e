import { SennError } from '../../../../core/errors.ts';
import type { Invert } from '../../../../core/images/prepare.ts';
import { inputShape, type Manifest } from '../../../../core/manifest.ts';
import { featureRow } from '../../../../core/tables/features.ts';
import { rowOf } from '../../../../core/tensor.ts';
import type { BatchInput } from '../../../inference/batch-input.ts';
import type { Instance } from '../../body/instance.ts';
import { checkValues, fillFromLists, sharedTensor } from '../numbers.ts';
import type { Work } from '../work.ts';
import type { V1Instance } from './instance.ts';

/** From the instances of a V1 request to the inputs of a batch. */

type Numbers = Extract<V1Instance, { kind: 'numbers' }>;

/**
 * The shape that an instance's lists must have: `[C, H, W]`, or `[H, W]` where it leaves out the one channel; `[F]`.
 */
function shapeOf({ lists }: Numbers, manifest: Manifest): readonly number[] {
  const shape = inputShape(manifest);
  const [first] = lists;
  const leftOut = shape.length === 3 && shape[0] === 1 && Array.isArray(first) && !Array.isArray(first[0]);
  return leftOut ? shape.slice(1) : shape;
}

/**
 * Numbers are taken as they are, in the model's units; files and features by the rules of `/predict`.
 * @throws invalid_request, unsupported_input and what `batchOf` throws
 */
export async function v1Batch(
  instances: readonly V1Instance[],
  manifest: Manifest,
  invert: Invert,
  { batchOf }: Pick<Work, 'batchOf'>,
): Promise<BatchInput> {
  const { input, name } = manifest;
  const named = instances.filter((instance): instance is Instance => instance.kind !== 'numbers');
  if (named.length === instances.length) return batchOf(named, manifest, invert);
  const other = named.find(({ kind }) => input.kind === 'image' || kind !== input.kind);
  if (other !== undefined) {
    const got = { image: 'an image', tabular: 'features' }[other.kind];
    throw new SennError('unsupported_input', `${other.where}: ${got} beside lists of numbers, for model "${name}"`, {
      model: name,
      got: other.kind,
    });
  }
  const tensor = sharedTensor(instances.length, inputShape(manifest));
  instances.forEach((instance, n) => {
    const row = rowOf(tensor, n);
    if (instance.kind === 'numbers') {
      fillFromLists(instance.lists, shapeOf(instance, manifest), row, instance.where);
    } else if (instance.kind === 'tabular' && input.kind === 'tabular') {
      row.set(featureRow(instance.values, instance.where, input).data);
    }
  });
  checkValues(tensor, manifest, 'instances');
  return { kind: 'tensor', tensor };
}
