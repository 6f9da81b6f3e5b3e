import type { Manifest } from '../manifest.ts';
import type { Predictor } from '../predictor.ts';
import type { RandomStream } from '../random.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The contract of an attribution: an explanation of a prediction by one number for each feature of the input, or for
 * each concept. Most are by others, who look at the model from outside; the model's own contributions are one of them, so
 * that all can stand in one table. One file an attribution, one row in the table (index.ts), and nothing else; as with
 * metrics, the file adds its name to the names below, and the table then does not compile without its row.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the attributions' own files
export interface AttributionNames {}

export type AttributionName = keyof AttributionNames;

/** What of a model it reads: `graph` its answers alone, `gradient` the exported gradient of its logits as well. */
export type AttributionNeed = 'graph' | 'gradient';

/** What its values are of: the `input` (features of a table, pixels of an image), or the model's `concepts`. */
export type AttributionTarget = 'input' | 'concepts';

/** Which number of the asked class it explains; `nothing` of a control that does not look at the model. */
export type AttributionQuantity = 'logit' | 'probability' | 'nothing';

/** How much each feature of each input counts for one class. N inputs, F features, K concepts. */
export interface Attributed {
  /**
   * `[N, F]` of a table, `[N, H, W]` of images (all channels of a pixel together), `[N, K]` of concepts; in units of what
   * is explained. What speaks for a region of an image is the sum over its pixels.
   */
  readonly values: Tensor;
  /** `[F]` or `[C, H, W]` in the model's units: what a removed feature is set to */
  readonly baseline: Tensor;
}

export interface AttributionOptions {
  /** The attribution's own stream of input n, so that an input has the same values whatever inputs are asked about with it. */
  readonly randomOf: (n: number) => RandomStream;
  /**
   * `[F]` or `[C, H, W]` in the model's units: an input in which nothing is present, as the mean of the training set
   * (`usualInput`); where absent, `emptyInput`.
   */
  readonly baseline?: Tensor | undefined;
  /**
   * `[M, F]` or `[M, C, H, W]` in the model's units: inputs that the model learned from, for attributions that ask what
   * features usually are. Each says what it does without.
   */
  readonly training?: Tensor | undefined;
  /** Rows that the model is asked about one input at most; where absent, as many as each attribution documents. */
  readonly queries?: number | undefined;
  /** Called now and then with the inputs done, at last with all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Attribution<Name extends AttributionName = AttributionName> {
  readonly name: Name;
  readonly needs: AttributionNeed;
  readonly over: AttributionTarget;
  readonly explains: AttributionQuantity;
  /** Whether it draws rows of a table by how features are distributed, for which a baseline alone is not enough. */
  readonly draws?: true;
  /**
   * Rows that the model is asked about one input, at most: what an explanation costs.
   * @param most the bound that was given; fewer than an attribution can do with are raised to what it needs
   */
  queries(manifest: Pick<Manifest, 'input'>, most?: number): number;
  /** What the value of a part is, as a figure says it after `logit of “7”: `. */
  readonly means: string;
  /** Where it was published. */
  readonly source: string;
  /** What a good value does not show, in a sentence. */
  readonly cannotTell: string;
  /**
   * @param input `[N, …]` in the model's units
   * @param classes `[N]`, the class that is explained, for each input
   * @throws unsupported_input where it needs a gradient that the model has not | shape_mismatch | invalid_model |
   * inference_failed
   */
  attribute(
    predictor: Pick<Predictor, 'manifest' | 'forward' | 'run'>,
    input: Tensor,
    classes: Int32Array,
    options: AttributionOptions,
  ): Promise<Attributed>;
}
