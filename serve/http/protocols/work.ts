import type { Invert } from '../../../core/images/prepare.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { BatchInput } from '../../inference/batch-input.ts';
import type { Instance } from '../body/instance.ts';
import type { Admit } from '../middleware/admission.ts';

/** What the protocols share with `/predict`: handed to them by app.ts, so that they import no route. */
export interface Work {
  /**
   * Decodes image files, or orders named features, as the model takes them.
   * @throws unsupported_input, unsupported_media_type, image_too_large, invalid_image, invalid_features
   */
  batchOf(instances: readonly Instance[], manifest: Manifest, invert: Invert): Promise<BatchInput>;
  /** Bounds what is in work at a time; by default nothing does. */
  readonly admit?: Admit;
  /** Whether the server takes requests: warm, and not on its way out. By default while any model is served. */
  readonly ready?: () => boolean;
}
