import * as tf from '@tensorflow/tfjs';
import { constant } from './constant.ts';
import { head, scaleDirections } from './directions.ts';

/**
 * Max pooling over windows that neither overlap nor pad, with its pullback, in about half the time of tfjs's own
 * gradient kernel; that of the WASM backend 4.22 is also wrong (for 3, 5 or 8 channels, for instance). Where several
 * inputs of a window are the maximum (a blank background), each gets an equal share.
 */

type Window = readonly [height: number, width: number];

/** Repeats each value over its window: `[N, h, w, C] → [N, h·kh, w·kw, C]`. */
function spread(pooled: tf.Tensor4D, [kh, kw]: Window): tf.Tensor4D {
  const [, h, w] = pooled.shape;
  return tf.image.resizeNearestNeighbor(pooled, [h * kh, w * kw]);
}

/** Sum over each window: the adjoint of `spread`. */
function gather(x: tf.Tensor4D, [kh, kw]: Window): tf.Tensor4D {
  return tf.mul(tf.avgPool(x, [kh, kw], [kh, kw], 'valid'), kh * kw);
}

/** Which inputs won their windows, and the share of each winner. */
interface Winners {
  /** `[N, h·kh, w·kw, C]`, 0 or 1 */
  readonly won: tf.Tensor4D;
  /** `[N, h, w, C]` */
  readonly share: tf.Tensor4D;
}

/** 1 where an input is the maximum of its window: `[N, h·kh, w·kw, C]`, `[N, h, w, C] → [N, h·kh, w·kw, C]`. */
const winners = (x: tf.Tensor4D, pooled: tf.Tensor4D, window: Window): tf.Tensor4D =>
  tf.cast(tf.equal(x, spread(pooled, window)), 'float32');

/** `[N, h·kh, w·kw, C] → [N, h, w, C]` */
const shares = (won: tf.Tensor4D, window: Window): tf.Tensor4D => tf.reciprocal(gather(won, window));

/** Gives a cotangent of the output to the inputs that won: `[D·N, h, w, C] → [D·N, h·kh, w·kw, C]`. */
const route = (dy: tf.Tensor4D, { won, share }: Winners, window: Window) =>
  scaleDirections(spread(scaleDirections(dy, share), window), won);

/** The adjoint of `route`. */
const collect = (x: tf.Tensor4D, { won, share }: Winners, window: Window) =>
  scaleDirections(gather(scaleDirections(x, won), window), share);

/** The part of the input that whole windows cover, and its complement's zeros put back. */
function cover(x: tf.Tensor4D, [kh, kw]: Window) {
  const [N, H, W, C] = x.shape;
  const [h, w] = [H - (H % kh), W - (W % kw)];
  const whole = h === H && w === W;
  return {
    covered: whole ? x : tf.slice(x, [0, 0, 0, 0], [N, h, w, C]),
    restore: (y: tf.Tensor4D): tf.Tensor4D =>
      whole
        ? y
        : tf.pad(y, [
            [0, 0],
            [0, H - h],
            [0, W - w],
            [0, 0],
          ]),
  };
}

/** Gradient of max pooling. @param dy `[N, h, w, C]` @param x `[N, H, W, C]` @param pooled `[N, h, w, C]` */
export function maxPoolGradient(dy: tf.Tensor4D, x: tf.Tensor4D, pooled: tf.Tensor4D, window: Window): tf.Tensor4D {
  const { covered, restore } = cover(x, window);
  const won = winners(covered, pooled, window);
  return restore(route(dy, { won, share: shares(won, window) }, window));
}

/** @param x `[N, H, W, C]` @returns `[N, h, w, C]`, and `[D·n, h, w, C] → [D·n, H, W, C]` of the first n */
export function maxPool(
  x: tf.Tensor4D,
  window: Window,
): {
  readonly output: tf.Tensor4D;
  readonly pullback: (cotangent: tf.Tensor, inputs: number) => tf.Tensor;
} {
  const { covered, restore } = cover(x, window);
  const size: [number, number] = [...window];
  const pooled = constant<tf.Tensor4D>(() => tf.maxPool(covered, size, size, 'valid'));
  const won = constant<tf.Tensor4D>(() => winners(covered, pooled, window));
  const share = constant<tf.Tensor4D>(() => shares(won, window));
  const saved = ([a, b]: tf.Tensor[]): Winners => ({ won: a as tf.Tensor4D, share: b as tf.Tensor4D });
  // tfjs disposes what a gradient needs unless it is saved.
  const routed = (cotangent: tf.Tensor, winners: Winners) =>
    tf.customGrad<tf.Tensor4D>((dy, save) => {
      (save as tf.GradSaveFunc)([winners.won, winners.share]);
      return {
        value: route(dy as tf.Tensor4D, winners, window),
        gradFunc: (ddx, kept) => collect(ddx, saved(kept), window),
      };
    })(cotangent);
  const output = tf.customGrad<tf.Tensor4D>((_x, save) => {
    (save as tf.GradSaveFunc)([won, share]);
    return { value: tf.clone(pooled), gradFunc: (dy, kept) => route(dy, saved(kept), window) };
  });
  return {
    output: output(covered),
    pullback: (cotangent, inputs) => {
      const first = (values: tf.Tensor4D) => constant<tf.Tensor4D>(() => head(values, inputs));
      return restore(routed(cotangent, { won: first(won), share: first(share) }));
    },
  };
}
