import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { quantile } from '../../core/metrics/summary.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Config } from '../config/config.ts';
import { kindOf } from '../kinds/index.ts';
import { contrastsOf } from './training-set/contrasts.ts';
import { distinctInputs, standardised } from './training-set/ends.ts';

/** What a run says of its concepts. */

/** Prototypes of an end of a concept. */
const PROTOTYPES = 9;

/**
 * What the manifest says of each concept, from its activations over the training set. A constant concept has no low end
 * and nothing by contrast.
 * @param activations `[N, K]`
 * @param names `[K]`
 * @param labels `[N]`, class indices; without them the prototypes have no classes
 */
export function describeConcepts(
  activations: Tensor,
  names: readonly string[],
  labels?: ArrayLike<number>,
): Manifest['concepts'] {
  const { shape, data } = activations;
  const [N = 0, K = 0] = shape;
  const { scaled, means, deviations } = standardised(activations);
  const varying = [...deviations.keys()].filter((k) => deviations[k] !== 0);
  return Array.from({ length: K }, (_, k) => {
    const values = Float64Array.from({ length: N }, (_, n) => data[n * K + k] as number);
    const sorted = values.toSorted();
    const ordered = (sign: 1 | -1): number[] =>
      Array.from(values.keys()).sort((a, b) => sign * ((values[a] as number) - (values[b] as number)) || a - b);
    const [highest, lowest] = [ordered(-1), ordered(1)];
    const at = (q: number) => quantile(sorted, q);
    const isConstant = deviations[k] === 0;
    const prototypes = distinctInputs(scaled, highest, varying, PROTOTYPES);
    const lowPrototypes = isConstant ? [] : distinctInputs(scaled, lowest, varying, PROTOTYPES);
    const labelsOf = (inputs: readonly number[]) => inputs.map((n) => labels?.[n] as number);
    const others = varying.filter((other) => other !== k);
    return {
      name: names[k] as string,
      quantiles: { q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95) },
      mean: means[k] as number,
      deviation: deviations[k] as number,
      range: [at(0), at(1)],
      prototypes,
      ...(labels && { prototypeLabels: labelsOf(prototypes) }),
      lowPrototypes,
      ...(labels && { lowPrototypeLabels: labelsOf(lowPrototypes) }),
      contrasts: isConstant ? [] : contrastsOf(scaled, k, highest, lowest, others),
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
