import { attributions } from '../../core/attributions/index.ts';
import { EPSILON, SAMPLES } from '../../core/metrics/evidence/ball.ts';
import { boxAround } from '../../core/metrics/search/box.ts';
import { uniform } from '../../core/metrics/search/draws.ts';
import { distance, norm } from '../../core/metrics/shared/vectors.ts';
import type { Predictor } from '../../core/predictor.ts';
import { inputStream } from '../../core/random.ts';
import { unitInput } from '../../core/tables/unit-input.ts';
import { batchSize, rowOf, type Tensor } from '../../core/tensor.ts';
import { type ByExplanation, comparedNames } from './explanations.ts';

/**
 * How much each explanation of a prediction changes when its input does, a little and at random: 20 inputs within ε = .1 of
 * it, the same for all explanations, which all go on explaining the class that was predicted of the input itself.
 */

export interface Stability {
  /** max ‖a(x′) − a(x)‖ / ‖a(x)‖, as `sensitivity.max`: free of what an explanation is measured in. */
  readonly sensitivity: ByExplanation;
  /**
   * max ‖a(x′) − a(x)‖ / ‖x′ − x‖, inputs in [0, 1] (Alvarez-Melis & Jaakkola 2018, "On the Robustness of Interpretability
   * Methods", eq. 2): in units of each explanation, so never to be compared between two that explain different numbers.
   */
  readonly lipschitz: ByExplanation;
}

export interface Asked {
  /** `[n, …]` in the model's units */
  readonly input: Tensor;
  /** `[n]`, the classes predicted of them */
  readonly predicted: Int32Array;
  /** `[n]`, places in the set, by which everything random is drawn */
  readonly places: Int32Array;
  /** As `AttributionOptions` */
  readonly baseline: Tensor;
  readonly training?: Tensor | undefined;
  readonly queries?: number | undefined;
  readonly seed: number;
}

/** Rows of an input: itself, then the changed ones. */
const ROWS = 1 + SAMPLES;

/** `[n · 21, …]`: each input, and those near it. */
function neighbourhoods({ manifest }: Pick<Predictor, 'manifest'>, { input, places, seed }: Asked): Tensor {
  const [n, ...shape] = input.shape as [number, ...number[]];
  const near: Tensor = {
    shape: [n * ROWS, ...shape],
    data: new Float32Array((input.data.length / n) * n * ROWS),
  };
  for (let i = 0; i < n; i++) {
    const own = rowOf(input, i);
    const { low, high } = boxAround(manifest.input, own, EPSILON);
    const random = inputStream(seed, 'near', places[i] as number);
    rowOf(near, i * ROWS).set(own);
    for (let s = 1; s < ROWS; s++) {
      const row = rowOf(near, i * ROWS + s);
      for (let d = 0; d < row.length; d++) {
        row[d] = (low[d] as number) + uniform(random) * ((high[d] as number) - (low[d] as number));
      }
    }
  }
  return near;
}

/** The largest ratio over an input's neighbours; `null` where one is 0/0 or infinite. */
function worst(ratios: readonly number[]): number | null {
  const largest = Math.max(...ratios);
  return Number.isFinite(largest) ? largest : null;
}

/** @throws shape_mismatch | unsupported_input | invalid_model | inference_failed */
export async function stabilityOf(
  model: Pick<Predictor, 'manifest' | 'forward' | 'run'>,
  asked: Asked,
): Promise<Stability> {
  const { predicted, baseline, training, queries, seed, places } = asked;
  const near = neighbourhoods(model, asked);
  const unit = unitInput(model.manifest.input, near);
  const classes = Int32Array.from({ length: batchSize(near) }, (_, i) => predicted[Math.floor(i / ROWS)] as number);
  const sensitivity: Record<string, (number | null)[]> = {};
  const lipschitz: Record<string, (number | null)[]> = {};
  for (const name of comparedNames) {
    const { values } = await attributions[name].attribute(model, near, classes, {
      // each row has draws of its own, as two inputs that are explained one after the other have
      randomOf: (i) => inputStream(seed, `${name} near ${i % ROWS}`, places[Math.floor(i / ROWS)] as number),
      baseline,
      training,
      queries,
    });
    const ratiosOf = (over: (i: number, from: number) => number) =>
      Array.from(predicted, (_, n) => {
        const from = n * ROWS;
        const own = rowOf(values, from);
        return worst(
          Array.from(
            { length: SAMPLES },
            (__, s) => distance(rowOf(values, from + s + 1), own) / over(from + s + 1, from),
          ),
        );
      });
    sensitivity[name] = ratiosOf((_, from) => norm(rowOf(values, from)));
    lipschitz[name] = ratiosOf((i, from) => distance(rowOf(unit, i), rowOf(unit, from)));
  }
  return { sensitivity, lipschitz } as Stability;
}
