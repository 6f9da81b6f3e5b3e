import type { Predictor } from '../predictor.ts';
import type { RandomStream } from '../random.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The contract of an attribution: an explanation of a model by others, which looks at it from outside and says how
 * much each feature of an input counts. A model's own explanation is not one: that is its contributions
 * (core/artefacts). One file an attribution, one row in the table (index.ts), and nothing else; as with metrics, the
 * file adds its name to the names below, and the table then does not compile without its row.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the attributions' own files
export interface AttributionNames {}

export type AttributionName = keyof AttributionNames;

/** What of a model it reads: `graph` its answers alone, `gradient` the exported gradient of its logits as well. */
export type AttributionNeed = 'graph' | 'gradient';

/** How much each feature of each input counts for one class. N inputs, F features. */
export interface Attributed {
  /** `[N, F]` of a table, `[N, H, W]` of images (all channels of a pixel together), in logits of the class */
  readonly values: Tensor;
  /** `[F]` or `[C, H, W]` in the model's units: what a removed feature was set to */
  readonly baseline: Tensor;
}

export interface AttributionOptions {
  /** The attribution's own stream: the same seed gives the same values. */
  readonly random: RandomStream;
  /**
   * `[F]` or `[C, H, W]` in the model's units: an input in which nothing is present, as the mean of the training set;
   * where absent, the one that each attribution documents.
   */
  readonly baseline?: Tensor | undefined;
  /** Called now and then with the inputs done, at last with all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Attribution<Name extends AttributionName = AttributionName> {
  readonly name: Name;
  readonly needs: AttributionNeed;
  /** Where it was published. */
  readonly source: string;
  /**
   * @param input `[N, …]` in the model's units
   * @param classes `[N]`, the class whose logit is explained, for each input
   * @throws shape_mismatch | invalid_model | inference_failed
   */
  attribute(
    predictor: Pick<Predictor, 'manifest' | 'forward'>,
    input: Tensor,
    classes: Int32Array,
    options: AttributionOptions,
  ): Promise<Attributed>;
}
