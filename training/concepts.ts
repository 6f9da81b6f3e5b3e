import type { Manifest } from '../core/manifest.ts';
import { quantile } from '../core/score/summary.ts';
import type { Tensor } from '../core/tensor.ts';

const PROTOTYPES = 9;

/**
 * What the manifest says of each concept, from its activations over the training set.
 * @param activations `[N, K]`
 */
export function describeConcepts({ shape, data }: Tensor): Manifest['concepts'] {
  const [N = 0, K = 0] = shape;
  return Array.from({ length: K }, (_, k) => {
    const values = Float64Array.from({ length: N }, (_, n) => data[n * K + k] as number);
    const sorted = values.toSorted();
    const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
    const at = (q: number) => quantile(sorted, q);
    return {
      name: `concept ${k}`,
      quantiles: { q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95) },
      prototypes: order.slice(0, PROTOTYPES),
    };
  });
}
