import { availableParallelism } from 'node:os';

/** What one request may ask for, and how much the server does at a time. */
export interface Limits {
  readonly bodyBytes: number;
  readonly instancesPerRequest: number;
  readonly featuresPerInstance: number;
  /** Width × height of one image. */
  readonly pixelsPerImage: number;
  /** Width, and height, of one image: a file of a million rows of one pixel takes long to decode. */
  readonly pixelsPerSide: number;
  /** Sum of width × height over a request's images. */
  readonly pixelsPerRequest: number;
  /**
   * Bytes of the requests that are read, decoded or predicted at a time: of their bodies, as declared, and 64 KiB for each.
   * One without a length counts as `bodyBytes`; one beyond is refused before it is read.
   */
  readonly bytesInWork: number;
  /** Images decoded at a time, over all requests. */
  readonly decodesAtOnce: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 10 * 1024 * 1024,
  instancesPerRequest: 64,
  featuresPerInstance: 4096,
  pixelsPerImage: 50_000_000,
  pixelsPerSide: 32_768,
  pixelsPerRequest: 50_000_000,
  bytesInWork: 256 * 1024 * 1024,
  decodesAtOnce: Math.min(4, availableParallelism()),
};
