import { inputShape } from '../manifest.ts';
import type { RandomStream } from '../random.ts';
import { batchSize, rowOf, sizeOf } from '../tensor.ts';
import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { everyCoalition, shapleyValues } from './kernel-shap/game.ts';
import { regressedValues, sampleCoalitions } from './kernel-shap/sample.ts';
import type { Patch } from './patches.ts';
import { ask, logitOf, type Questions } from './shared/ask.ts';
import { baselineOr } from './shared/baseline.ts';
import { attributionShape, mostParts, partsOf, spread } from './shared/parts.ts';

/** KernelSHAP: what each part of an input is worth, fairly shared over all orders in which parts could be added. */

declare module './attribution.ts' {
  interface AttributionNames {
    'kernel-shap': true;
  }
}

/** Parts up to which every coalition is asked about: 4,096 rows. */
const EXACT = 12;

/**
 * Rows asked about an input of M parts: all coalitions, or as many as the `shap` package takes. Never fewer than those of
 * one part present or missing, which the regression cannot do without.
 */
const queriesOf = (parts: number, most = parts <= EXACT ? 2 ** parts : 2 * parts + 2048): number =>
  Math.min(2 ** parts, Math.max(most, 2 * parts + 2));

/**
 * Shapley's values of the game in which a coalition is worth the class's logit of the input with the features of that
 * coalition, all others at the baseline. They sum to f(x) − f(baseline). Parts that are at the baseline already are worth
 * 0 and are left out. With at most 12 others, every coalition is asked about and the values are exact; with more, as many
 * as the `shap` package takes are chosen as it chooses them, and a regression gives the values.
 *
 * Of a table the parts are its features, and the baseline is one row, their means, in the place of E f over a background
 * set: f(mean) for E f, exact for a linear model. Of an image the parts are superpixels (SLIC), and every pixel of one has
 * an equal share of its value. Of a model that is linear in its input the values are w·(x − baseline), exactly.
 */
export const kernelShap: Attribution<'kernel-shap'> = {
  name: 'kernel-shap',
  needs: 'graph',
  over: 'input',
  explains: 'logit',
  queries: (manifest, most) => queriesOf(mostParts(manifest), most),
  means: 'the fair share (Shapley) of that part in the way from an empty input to this one',
  source: 'Lundberg & Lee 2017, "A Unified Approach to Interpreting Model Predictions", section 4.1',
  cannotTell:
    'what the model does with inputs as they occur: half of an input and half of the mean is often one that never does',
  async attribute(predictor, input, classes, options: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const baseline = baselineOr(manifest, options.baseline, 'kernel-shap');
    const [N, features] = [batchSize(input), attributionShape(manifest)];
    const data = new Float32Array(N * sizeOf(features));
    for (let n = 0; n < N; n++) {
      const row = rowOf(input, n);
      const parts = partsOf(manifest, row).filter(({ values }) => values.some((at) => row[at] !== baseline.data[at]));
      const worthsOf = (masks: Uint8Array): Promise<Float64Array> => {
        const shown = { row, baseline: baseline.data, parts, masks };
        const shape = inputShape(manifest);
        return ask(predictor, { ...questionsOf(shown), shape, classOf: () => classes[n] as number }, logitOf);
      };
      const values = await valuesOf(parts.length, worthsOf, { queries: options.queries, random: options.randomOf(n) });
      spread(parts, values, data.subarray(n * sizeOf(features), (n + 1) * sizeOf(features)));
      options.onProgress?.(n + 1, N);
    }
    return { values: { shape: [N, ...features], data }, baseline };
  },
};

/** @param worthsOf of masks `[count · M]` @returns `[M]` */
async function valuesOf(
  players: number,
  worthsOf: (masks: Uint8Array) => Promise<Float64Array>,
  { queries: most, random }: { readonly queries: number | undefined; readonly random: RandomStream },
): Promise<Float64Array> {
  if (players === 0) return new Float64Array(0);
  const queries = queriesOf(players, most);
  if (players <= EXACT && queries === 2 ** players) {
    return shapleyValues(players, await worthsOf(everyCoalition(players)));
  }
  const coalitions = sampleCoalitions(players, queries - 2, random);
  const ends = Uint8Array.from({ length: 2 * players }, (_, i) => (i < players ? 0 : 1));
  const masks = new Uint8Array(ends.length + coalitions.masks.length);
  masks.set(ends);
  masks.set(coalitions.masks, ends.length);
  const worths = await worthsOf(masks);
  const [none = 0, all = 0] = worths;
  return regressedValues({ players, none, all }, coalitions, worths.subarray(2));
}

interface Shown {
  readonly row: Float32Array;
  readonly baseline: Float32Array;
  readonly parts: readonly Patch[];
  readonly masks: Uint8Array;
}

/** The input with the parts of a mask, all else at the baseline, for each mask. */
function questionsOf({ row, baseline, parts, masks }: Shown): Pick<Questions, 'count' | 'fill'> {
  return {
    count: masks.length / parts.length,
    fill: (i, into) => {
      into.set(row);
      parts.forEach(({ values }, p) => {
        if (masks[i * parts.length + p] === 1) return;
        for (const at of values) into[at] = baseline[at] as number;
      });
    },
  };
}
