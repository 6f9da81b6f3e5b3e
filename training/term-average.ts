import * as tf from '@tensorflow/tfjs';
import { SennError } from '../core/errors.ts';
import type { LossTerm, LossValues } from './losses/index.ts';

/** Adds up loss terms step by step, without reading them from the backend before somebody asks. */
export class TermAverage {
  readonly #names: readonly LossTerm[];
  #sums: tf.Tensor1D;
  #count = 0;

  constructor(names: readonly LossTerm[]) {
    this.#names = names;
    this.#sums = tf.zeros([names.length]);
  }

  /** @param terms `[terms]`, in the order of the names */
  add(terms: tf.Tensor1D): void {
    this.#replace(tf.add(this.#sums, terms) as tf.Tensor1D, this.#count + 1);
  }

  /** The sums so far, to go on from later. */
  sums(): number[] {
    return Array.from(this.#sums.dataSync());
  }

  restore(sums: readonly number[], count: number): void {
    this.#replace(tf.tensor1d([...sums]), count);
  }

  /** The means since the last `take`. @throws training_failed naming the first term that is not finite */
  take(step: number): LossValues {
    const means = this.check(step);
    this.#replace(tf.zeros([this.#names.length]), 0);
    return means;
  }

  /** The means so far. @throws training_failed naming the first term that is not finite */
  check(step: number): LossValues {
    const means = this.sums().map((sum, i) => [this.#names[i] as LossTerm, sum / Math.max(1, this.#count)] as const);
    const [loss, ...parts] = means;
    const bad = [...parts, loss].find((mean) => mean !== undefined && !Number.isFinite(mean[1]));
    if (bad !== undefined) {
      throw new SennError(
        'training_failed',
        `step ${step}: loss term "${bad[0]}" is ${bad[1]}; lower the learning rate or the term's weight`,
        { step, terms: Object.fromEntries(means) },
      );
    }
    return Object.fromEntries(means) as LossValues;
  }

  dispose(): void {
    this.#sums.dispose();
  }

  #replace(sums: tf.Tensor1D, count: number): void {
    this.#sums.dispose();
    this.#sums = sums;
    this.#count = count;
  }
}
