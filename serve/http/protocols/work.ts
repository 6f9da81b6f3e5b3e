import type { Invert } from '../../../core/images/prepare.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { BatchInput } from '../../inference/batch-input.ts';
import type { Instance } from '../body/instance.ts';
import type { Admit } from '../middleware/admission.ts';

/** What the protocols share with `/predict`, handed to them by whoever puts the server together. */
export interface Work {
  /**
   * Image files, or named features, as the model takes them.
   * @throws unsupported_input, unsupported_media_type, image_too_large, invalid_image, invalid_features
   */
  batchOf(instances: readonly Instance[], manifest: Manifest, invert: Invert): Promise<BatchInput>;
  /** Lets only so much into a handler at a time; by default everything. */
  readonly admit?: Admit;
  /** Whether the server takes requests: warm, and not on its way out. By default while any model is served. */
  readonly ready?: () => boolean;
}
