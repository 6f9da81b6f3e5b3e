import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { LossValues } from '../losses/terms.ts';

/**
 * Adds up loss terms step by step, without reading them from the backend before somebody asks. One term that is not
 * finite spoils the weights, and with them every term of the next step, so it is also counted for how many steps each
 * sum stayed finite: the term of the fewest is the cause.
 */
export class TermAverage {
  readonly #names: readonly string[];
  #sums: tf.Tensor1D;
  /** `[terms]`, steps after which the sum was finite. */
  #finite: tf.Tensor1D;
  #count = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#sums = tf.zeros([names.length]);
    this.#finite = tf.zeros([names.length]);
  }

  /** @param terms `[terms]`, in the order of the names */
  add(terms: tf.Tensor1D): void {
    const sums = tf.add(this.#sums, terms) as tf.Tensor1D;
    // ∞ − ∞ and NaN − NaN are NaN, which equals nothing.
    const finite = tf.tidy(() => tf.add(this.#finite, tf.cast(tf.equal(tf.sub(sums, sums), 0), 'float32')));
    this.#replace(sums, finite as tf.Tensor1D, this.#count + 1);
  }

  /** The sums so far, to go on from later. */
  sums(): number[] {
    return Array.from(this.#sums.dataSync());
  }

  restore(sums: readonly number[], count: number): void {
    this.#replace(tf.tensor1d([...sums]), tf.fill([sums.length], count), count);
  }

  /** The means since the last `take`. @throws training_failed naming the term that was the first not to be finite */
  take(step: number): LossValues {
    const means = this.check(step);
    this.#replace(tf.zeros([this.#names.length]), tf.zeros([this.#names.length]), 0);
    return means;
  }

  /**
   * The means so far.
   * @param step the last that was added
   * @throws training_failed naming the term that was the first not to be finite
   */
  check(step: number): LossValues {
    const means = this.sums().map((sum, i) => [this.#names[i] as string, sum / Math.max(1, this.#count)] as const);
    if (means.some(([, mean]) => !Number.isFinite(mean))) {
      const finite = this.#finite.dataSync<'float32'>();
      const [loss, ...parts] = means.map(([term, mean], i) => ({ term, mean, finite: finite[i] as number }));
      // The whole loss comes last: a part that fails at the same step is what it fails for.
      const [cause] = [...parts, loss as (typeof parts)[number]].sort((a, b) => a.finite - b.finite);
      const { term, mean, finite: before } = cause as (typeof parts)[number];
      const first = step - this.#count + before + 1;
      throw new SennError(
        'training_failed',
        `step ${first}: loss term "${term}" is ${mean}; lower the learning rate or the term's weight`,
        { step: first, terms: Object.fromEntries(means) },
      );
    }
    return Object.fromEntries(means) as LossValues;
  }

  dispose(): void {
    this.#sums.dispose();
    this.#finite.dispose();
  }

  #replace(sums: tf.Tensor1D, finite: tf.Tensor1D, count: number): void {
    this.dispose();
    this.#sums = sums;
    this.#finite = finite;
    this.#count = count;
  }
}
