import type { ClassProfile, Manifest } from '../manifest.ts';
import { batchSize, rowOf, type Tensor } from '../tensor.ts';

/**
 * What the training inputs of each class have in common: gathered where the training set is at hand, kept in the
 * manifest, and shown wherever the model is (class-view.ts). Batch by batch, so that no set is too large.
 */

/** Digits that are kept of each figure. */
const DIGITS = 6;
const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

interface Sums {
  activation: number;
  /** `[K]`, with each concept; with itself, the square. */
  readonly products: number[];
  contribution: number;
  magnitude: number;
  decides: number;
}

export interface ProfileGatherer {
  /**
   * @param concepts `[N, K]` @param relevances `[N, K, C]`
   * @param labels `[N]`, the true class of each
   */
  add(forward: { readonly concepts: Tensor; readonly relevances: Tensor }, labels: ArrayLike<number>): void;
  /** `[C]`; of a class without inputs all figures are 0. */
  profiles(): ClassProfile[];
}

export function gatherProfiles({ concepts, classes }: Pick<Manifest, 'concepts' | 'classes'>): ProfileGatherer {
  const [K, C] = [concepts.length, classes.length];
  const counts = new Array<number>(C).fill(0);
  const sums: Sums[][] = classes.map(() =>
    concepts.map(() => ({ activation: 0, products: concepts.map(() => 0), contribution: 0, magnitude: 0, decides: 0 })),
  );
  // sums are taken about the concept's mean: nothing is lost where it is far from 0
  const centres = concepts.map(({ mean, quantiles }) => mean ?? quantiles.q50);
  return {
    add({ concepts: activations, relevances }, labels) {
      for (let n = 0; n < batchSize(activations); n++) {
        const c = labels[n] as number;
        const [h, theta, own] = [rowOf(activations, n), rowOf(relevances, n), sums[c] as Sums[]];
        counts[c] = (counts[c] as number) + 1;
        let most = 0;
        const contributions = own.map((_, k) => (h[k] as number) * (theta[k * C + c] as number));
        for (let k = 1; k < K; k++) if ((contributions[k] as number) > (contributions[most] as number)) most = k;
        const moves = centres.map((centre, k) => (h[k] as number) - centre);
        own.forEach((sum, k) => {
          const [moved, contribution] = [moves[k] as number, contributions[k] as number];
          sum.activation += moved;
          for (let i = 0; i < K; i++) sum.products[i] = (sum.products[i] as number) + moved * (moves[i] as number);
          sum.contribution += contribution;
          sum.magnitude += Math.abs(contribution);
          if (k === most) sum.decides += 1;
        });
      }
    },
    profiles: () =>
      sums.map((own, c) => {
        const count = counts[c] as number;
        const N = count || 1;
        const covariance = own.map(({ products, activation }) =>
          products.map((product, i) => product / N - (activation / N) * ((own[i] as Sums).activation / N)),
        );
        return {
          count,
          concepts: own.map(({ activation, contribution, magnitude, decides }, k) => ({
            mean: count === 0 ? 0 : rounded((centres[k] as number) + activation / N),
            deviation: rounded(Math.sqrt(Math.max(0, covariance[k]?.[k] as number))),
            contribution: rounded(contribution / N),
            magnitude: rounded(magnitude / N),
            decides: rounded(decides / N),
          })),
          covariance: covariance.map((row) => row.map(rounded)),
        };
      }),
  };
}
