/** What one request may ask for. */
export interface Limits {
  readonly bodyBytes: number;
  readonly imagesPerRequest: number;
  /** Width × height of one image. */
  readonly pixelsPerImage: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 10 * 1024 * 1024,
  imagesPerRequest: 64,
  pixelsPerImage: 50_000_000,
};
