import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';

/** The moments of Adam and its count of steps, bit by bit: named tensors, one after the other. */
export interface OptimizerState {
  readonly specs: tf.io.WeightsManifestEntry[];
  readonly data: ArrayBuffer;
}

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
/** tfjs's and Keras's; PyTorch has 1e-8. */
const EPSILON = 1e-7;

/** Names in a saved state, in its order. */
const STATE = ['mean', 'square', 'steps'] as const;

const flat = (tensor: tf.Tensor): tf.Tensor1D => tf.reshape(tensor, [tensor.size]);

/** `decay·average + (1 − decay)·value` */
const moved = (average: tf.Tensor1D, decay: number, value: tf.Tensor): tf.Tensor1D =>
  tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay));

/**
 * Adam (Kingma & Ba 2015, algorithm 1). All variables are one vector to it, so that a step takes a dozen operations and
 * not, as `tf.train.adam` does, two dozen for every variable: in networks of this size half of a step's operations.
 */
export class Adam {
  learningRate: number;
  readonly #variables: readonly tf.Variable[];
  /** `[weights]`, running means of the gradient and of its square. */
  readonly #mean: tf.Variable<tf.Rank.R1>;
  readonly #square: tf.Variable<tf.Rank.R1>;
  #steps = 0;

  constructor(variables: readonly tf.Variable[], learningRate: number) {
    this.learningRate = learningRate;
    this.#variables = variables;
    const size = variables.reduce((sum, variable) => sum + variable.size, 0);
    const zeros = (): tf.Variable<tf.Rank.R1> => tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([size]), false));
    this.#mean = zeros();
    this.#square = zeros();
  }

  /** One step. @param gradients by the names of the variables; of one that the loss does not reach there is none */
  apply(gradients: Readonly<Record<string, tf.Tensor | undefined>>): void {
    this.#steps++;
    const rate = this.learningRate / (1 - MEAN_DECAY ** this.#steps);
    const squareShare = 1 - SQUARE_DECAY ** this.#steps;
    tf.tidy(() => {
      const gradient = tf.concat(
        this.#variables.map((variable) => flat(gradients[variable.name] ?? tf.zerosLike(variable))),
      );
      this.#mean.assign(moved(this.#mean, MEAN_DECAY, gradient));
      this.#square.assign(moved(this.#square, SQUARE_DECAY, tf.square(gradient)));
      const deviation = tf.add(tf.sqrt(tf.mul(this.#square, 1 / squareShare)), EPSILON);
      const changes = tf.split(
        tf.mul(tf.div(this.#mean, deviation), -rate),
        this.#variables.map(({ size }) => size),
      );
      for (const [i, variable] of this.#variables.entries()) {
        variable.assign(tf.add(variable, tf.reshape(changes[i] as tf.Tensor, variable.shape)));
      }
    });
  }

  async state(): Promise<OptimizerState> {
    const steps = tf.scalar(this.#steps, 'int32');
    const tensors = [this.#mean, this.#square, steps].map((tensor, i) => ({ name: STATE[i] as string, tensor }));
    const { specs, data } = await tf.io.encodeWeights(tensors);
    steps.dispose();
    return { specs, data };
  }

  /** Puts a new optimizer where a saved one stood. @throws invalid_config unless it was one of these variables */
  restore({ specs, data }: OptimizerState): void {
    const [mean, square] = specs;
    if (specs.map(({ name }) => name).join() !== STATE.join() || mean?.shape[0] !== this.#mean.size) {
      const reason = 'the optimizer was saved by another version; start the run anew';
      throw new SennError('invalid_config', `this run cannot be resumed: ${reason}`, { mean, square });
    }
    const tensors = tf.io.decodeWeights(data, specs) as Record<(typeof STATE)[number], tf.Tensor1D>;
    this.#steps = tensors.steps.dataSync()[0] as number;
    this.#mean.assign(tensors.mean);
    this.#square.assign(tensors.square);
    tf.dispose(tensors);
  }

  dispose(): void {
    this.#mean.dispose();
    this.#square.dispose();
  }
}
