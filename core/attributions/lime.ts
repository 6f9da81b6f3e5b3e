import { inputShape, type Manifest } from '../manifest.ts';
import { batchSize, rowOf, sizeOf } from '../tensor.ts';
import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { coveredSamples } from './lime/covered.ts';
import { neighbourhoodOf } from './lime/rows.ts';
import { surroundingsOf } from './lime/surroundings.ts';
import { ask, probabilityOf } from './shared/ask.ts';
import { baselineOr } from './shared/baseline.ts';
import { ridge } from './shared/least-squares.ts';
import { attributionShape, mostParts, partsOf, spread } from './shared/parts.ts';

/** LIME: a linear model that agrees with the model around an input. */

declare module './attribution.ts' {
  interface AttributionNames {
    lime: true;
  }
}

/** Rows around an input, those of the `lime` package's defaults. */
const SAMPLES = { tabular: 5000, image: 1000 } as const;

/** Never fewer than two a part, which tell next to nothing. */
const samplesOf = ({ input }: Pick<Manifest, 'input'>, parts: number, most: number = SAMPLES[input.kind]): number =>
  Math.max(most, 2 * parts);

/** The ridge of the `lime` package. */
const ALPHA = 1;

/** Exponential kernel of a distance, as the `lime` package has it. */
const kernel = (distance: number, width: number): number => Math.sqrt(Math.exp(-((distance / width) ** 2)));

/** Weight of a sample by how many of P parts it keeps. */
const kernels = {
  /** Euclidean distance between the row and the sample, as zeros and ones; as wide as ¾ of √P. */
  tabular: (kept: number, P: number): number => kernel(Math.sqrt(P - kept), 0.75 * Math.sqrt(P)),
  /** Cosine distance between the masks; 0.25 wide. */
  image: (kept: number, P: number): number => kernel(1 - Math.sqrt(kept / P), 0.25),
} as const;

/**
 * Coefficients of a ridge regression on samples around the input, weighted by how near they are; they explain the
 * class's probability, as the original does. Everything is as the `lime` package (0.2) has it by default, but that no
 * features are selected: all have a value.
 *
 * Of a table: each feature is drawn anew by the quartiles of the training rows, within a quarter by its mean and deviation;
 * the regression knows only whether it stayed in its quarter. 5,000 samples, a kernel 0.75·√F wide. Without training rows
 * the quarters are as the manifest has kept them, and where it has not, those of the feature's range.
 *
 * Of an image: superpixels (SLIC, where the original has quickshift) are set to the baseline with probability ½; 1,000
 * samples, the cosine distance, a kernel 0.25 wide. Each pixel has an equal share of its superpixel's coefficient.
 */
export const lime: Attribution<'lime'> = {
  name: 'lime',
  needs: 'graph',
  over: 'input',
  explains: 'probability',
  draws: true,
  queries: (manifest, most) => samplesOf(manifest, mostParts(manifest), most),
  means: 'how far that part moves it, by a linear model of the answers around this input',
  source: 'Ribeiro, Singh & Guestrin 2016, ""Why Should I Trust You?" Explaining the Predictions of Any Classifier"',
  cannotTell: 'how much of the value is the draw: ask with another seed, and with more samples',
  async attribute(predictor, input, classes, options: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const { kind } = manifest.input;
    const baseline = baselineOr(manifest, options.baseline, 'lime');
    const surroundings =
      manifest.input.kind === 'tabular' ? surroundingsOf(manifest.input, options.training) : undefined;
    const [N, shape, features] = [batchSize(input), inputShape(manifest), attributionShape(manifest)];
    const F = sizeOf(features);
    const data = new Float32Array(N * F);
    for (let n = 0; n < N; n++) {
      const row = rowOf(input, n);
      const parts = partsOf(manifest, row);
      const count = samplesOf(manifest, parts.length, options.queries);
      const { same, fill } =
        surroundings === undefined
          ? coveredSamples({ row, baseline: baseline.data, parts }, count, options.randomOf(n))
          : neighbourhoodOf(row, surroundings, count, options.randomOf(n));
      const answers = await ask(predictor, { count, shape, fill, classOf: () => classes[n] as number }, probabilityOf);
      spread(parts, coefficientsOf(same, answers, kernels[kind]), data.subarray(n * F, (n + 1) * F));
      options.onProgress?.(n + 1, N);
    }
    return { values: { shape: [N, ...features], data }, baseline };
  },
};

/** Weighted ridge regression of the answers on what stayed the same. @param same `[S · P]` @returns `[P]` */
export function coefficientsOf(
  same: Uint8Array,
  answers: Float64Array,
  weightOf: (kept: number, P: number) => number,
): Float64Array {
  const [count, P] = [answers.length, same.length / answers.length];
  const weights = Float64Array.from(answers, (_, i) =>
    weightOf(
      same.subarray(i * P, (i + 1) * P).reduce((sum, one) => sum + one, 0),
      P,
    ),
  );
  return ridge(
    {
      count,
      width: P,
      values: (i, row) => row.set(same.subarray(i * P, (i + 1) * P)),
      target: (i) => answers[i] as number,
      weight: (i) => weights[i] as number,
    },
    ALPHA,
  );
}
