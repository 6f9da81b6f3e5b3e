import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { quantile } from '../../core/metrics/summary.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Config } from '../config/config.ts';
import { kindOf } from '../kinds/index.ts';

/** What a run says of its concepts. */

const PROTOTYPES = 9;

/**
 * What the manifest says of each concept, from its activations over the training set.
 * @param activations `[N, K]`
 * @param names `[K]`
 */
export function describeConcepts({ shape, data }: Tensor, names: readonly string[]): Manifest['concepts'] {
  const [N = 0, K = 0] = shape;
  return Array.from({ length: K }, (_, k) => {
    const values = Float64Array.from({ length: N }, (_, n) => data[n * K + k] as number);
    const sorted = values.toSorted();
    const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
    const at = (q: number) => quantile(sorted, q);
    const mean = values.reduce((sum, value) => sum + value, 0) / N;
    return {
      name: names[k] as string,
      quantiles: { q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95) },
      mean,
      deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / N),
      prototypes: order.slice(0, PROTOTYPES),
    };
  });
}

/**
 * The names of the K concepts: as configured, else what the kind calls them; a constant one is called bias.
 * @throws invalid_config where there are not as many names as concepts
 */
export function conceptNames(config: Config, input: Manifest['input'], count: number): string[] {
  const kind = kindOf(config);
  const bias = kind.hasBias(config);
  const own = bias ? count - 1 : count;
  const { conceptNames: given } = config;
  if (given !== undefined && given.length !== own) {
    throw new SennError('invalid_config', `conceptNames: ${given.length} names must match the ${own} concepts`);
  }
  const names = given ?? kind.conceptNames(config, input, own);
  return bias ? [...names, 'bias'] : [...names];
}
