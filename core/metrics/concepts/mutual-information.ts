import { binned, countsOf, entropy, mutualInformation as informationOf } from '../disentanglement/information.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { pairsOf, permuted, varyingColumns } from '../shared/columns.ts';
import { meanOf } from '../shared/vectors.ts';

/** Does one concept know what another says, in whatever form? */

declare module '../metric.ts' {
  interface MetricScopes {
    'mutual-information': 'set';
  }
}

/**
 * The mean over all pairs of concepts of their mutual information over the lesser of their entropies, each cut into 20
 * bins of equal width: 1 where one of each pair is told by the other. Concepts that do not vary over the set are left out.
 *
 * An estimate from N inputs is above 0 even of concepts that know nothing of each other, so read it beside `floor`: the
 * same with one of each pair dealt out anew among the inputs, the mean of 3 times. Figure `nats`: the mean without the
 * division. No value with fewer than two concepts that vary.
 */
export const mutualInformation = defineMetric({
  name: 'mutual-information',
  needs: ['explanations'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: [],
  source: 'Kvålseth 1987, "Entropy and Correlation: Some Comments"; bins: Locatello et al. 2019',
  cannotTell: 'what three concepts know together and no two of them: read total-correlation beside it',
  async measure({ explanations: { concepts } }, { random, onProgress }) {
    const columns = varyingColumns(concepts);
    const pairs = pairsOf(columns);
    if (pairs.length === 0) return noValue('fewer than two concepts vary over the set');
    const N = concepts.shape[0] ?? 0;
    let [own, floor, nats] = [0, 0, 0];
    pairs.forEach(([a, b], i) => {
      const [one, other] = [binned(a.values), binned(b.values)];
      const most = Math.min(entropy(countsOf(one)), entropy(countsOf(other)));
      const known = informationOf(one, other);
      nats += known;
      own += most === 0 ? 0 : known / most;
      const shuffled = Array.from({ length: SHUFFLES }, () =>
        informationOf(one, binned(permuted(b.values, random.permutation(N)))),
      );
      floor += most === 0 ? 0 : (meanOf(shuffled) ?? 0) / most;
      onProgress?.(i + 1, pairs.length);
    });
    const count = pairs.length;
    return { value: own / count, figures: { floor: floor / count, nats: nats / count } };
  },
});

const SHUFFLES = 3;
