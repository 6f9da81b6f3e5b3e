import { SennError } from '../errors.ts';
import { forwardAll, rowsAtOnce } from '../forward-all.ts';
import { inputShape, type Manifest } from '../manifest.ts';
import type { Forward, Predictor } from '../predictor.ts';
import { batchSize, rowOf, sizeOf, type Tensor } from '../tensor.ts';
import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { type Patch, patchesOf } from './patches.ts';

/** Occlusion: what an input loses when a part of it is covered. */

declare module './attribution.ts' {
  interface AttributionNames {
    occlusion: true;
  }
}

/**
 * What goes when a feature is covered: the drop of the class's logit when the feature takes its baseline value, all
 * else as it is. Of an image, squares are covered (`patchesOf`), and a pixel has the mean drop of the squares that lie
 * over it. Positive where the feature speaks for the class. Of a model that is linear in its input it is w·(x − baseline),
 * exactly.
 *
 * The paper watches the class's probability; the logit is taken here because it does not saturate where the model is
 * sure, and because it has the unit of the model's own contributions.
 *
 * It cannot tell features apart that stand in for each other: covering one of two that say the same changes nothing.
 */
export const occlusion: Attribution<'occlusion'> = {
  name: 'occlusion',
  needs: 'graph',
  source: 'Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 4.2',
  async attribute(predictor, input, classes, { baseline: given, onProgress }: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const baseline = given ?? defaultBaseline(manifest);
    const shape = inputShape(manifest);
    if (baseline.shape.join() !== shape.join()) {
      throw new SennError(
        'shape_mismatch',
        `occlusion: baseline [${baseline.shape.join(', ')}] must be one input [${shape.join(', ')}]`,
      );
    }
    const N = batchSize(input);
    const features = manifest.input.kind === 'image' ? shape.slice(1) : shape;
    const F = sizeOf(features);
    const patches = patchesOf(manifest);
    const whole = N === 0 ? undefined : await forwardAll(predictor, input);
    const sums = new Float64Array(N * F);
    const covers = new Float64Array(F);
    for (const patch of patches) {
      for (const f of patch.features) covers[f] = (covers[f] as number) + 1;
    }
    const before = Float64Array.from(classes, (c, n) => logitOf(whole as Forward, n, c));
    let done = 0;
    await withoutPatches(predictor, input, classes, { patches, baseline }, (n, patch, logit) => {
      const drop = (before[n] as number) - logit;
      for (const f of patch.features) sums[n * F + f] = (sums[n * F + f] as number) + drop;
      done += 1;
      if (done % patches.length === 0) onProgress?.(done / patches.length, N);
    });
    const values = Float32Array.from(sums, (sum, i) => sum / (covers[i % F] as number));
    return { values: { shape: [N, ...features], data: values }, baseline };
  },
};

/** Value of every pixel of an image in which nothing is: the ground that strokes stand on, or grey where unknown. */
const GROUND = { light: 0, dark: 1, unknown: 0.5 } as const;

/**
 * An input in which nothing is present, where nobody says a better one: the middle of each feature's range; of an
 * image black or white, whichever the model's `foreground` stands out from, and grey where it names none.
 * @returns `[F]` or `[C, H, W]` in the model's units
 */
function defaultBaseline(manifest: Pick<Manifest, 'input'>): Tensor {
  const { input } = manifest;
  const shape = inputShape(manifest);
  if (input.kind === 'image') {
    return { shape, data: new Float32Array(sizeOf(shape)).fill(GROUND[input.foreground ?? 'unknown']) };
  }
  return { shape, data: Float32Array.from(input.features, ({ range: [low, high] }) => low + (high - low) / 2) };
}

/** Logit of class `c` for row n, in float64: Σ_k θ[k,c]·h[k]. */
function logitOf({ concepts, relevances }: Forward, n: number, c: number): number {
  const h = rowOf(concepts, n);
  const theta = rowOf(relevances, n);
  const C = theta.length / h.length;
  let logit = 0;
  for (let k = 0; k < h.length; k++) logit += (theta[k * C + c] as number) * (h[k] as number);
  return logit;
}

/** Calls `visit` with the logit of each input's class without each patch, a bounded number of rows at a time. */
async function withoutPatches(
  predictor: Pick<Predictor, 'forward'>,
  input: Tensor,
  classes: Int32Array,
  { patches, baseline }: { readonly patches: readonly Patch[]; readonly baseline: Tensor },
  visit: (n: number, patch: Patch, logit: number) => void,
): Promise<void> {
  const shape = input.shape.slice(1);
  const width = sizeOf(shape);
  const total = batchSize(input) * patches.length;
  const atOnce = rowsAtOnce(shape);
  for (let start = 0; start < total; start += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, total - start) }, (_, i) => ({
      n: Math.floor((start + i) / patches.length),
      patch: patches[(start + i) % patches.length] as Patch,
    }));
    const data = new Float32Array(rows.length * width);
    rows.forEach(({ n, patch }, i) => {
      data.set(rowOf(input, n), i * width);
      for (const at of patch.values) data[i * width + at] = baseline.data[at] as number;
    });
    const forward = await predictor.forward({ shape: [rows.length, ...shape], data });
    rows.forEach(({ n, patch }, i) => {
      visit(n, patch, logitOf(forward, i, classes[n] as number));
    });
  }
}
