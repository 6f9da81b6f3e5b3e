import type { Pixels } from '../../core/images/prepare.ts';
import type { PlainPng } from './plain-png.ts';

/**
 * An image of a request on its way into a batch: decoded to pixels, or still a plain PNG (see `plainPngHeader`), which
 * the thread that predicts it decodes in less time than a trip through sharp's thread pool takes.
 */
export type BatchImage =
  | (Pixels & { readonly kind: 'pixels'; readonly data: Uint8Array })
  | { readonly kind: 'png'; readonly where: string; readonly bytes: Uint8Array; readonly header: PlainPng };
