import type { Predictor } from '../../core/predictor.ts';
import { randomStream } from '../../core/random.ts';
import { type Tensor, tensor } from '../../core/tensor.ts';

/** Made-up rows of a table in which nobody is: indicators 0 or 1, numbers within their range, few of them large. */
export function rowsOf({ manifest }: Pick<Predictor, 'manifest'>, count: number, seed: number): Tensor {
  if (manifest.input.kind !== 'tabular') throw new Error('a model of a table');
  const random = randomStream(seed);
  const { features } = manifest.input;
  const data = Float32Array.from({ length: count * features.length }, (_, i) => {
    const [low, high] = features[i % features.length]?.range ?? [0, 1];
    if (high - low <= 1) return low + (random.integer(3) === 0 ? 1 : 0);
    return low + Math.floor((high - low + 1) * (random.integer(1000) / 1000) ** 2);
  });
  return tensor(data, [count, features.length]);
}
