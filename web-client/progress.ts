/** How far a download is: of one file, or of several that a person waits for as one. */
export interface LoadProgress {
  /** Bytes so far, after decompression. */
  readonly loaded: number;
  /** Bytes there will be, after decompression; `undefined` until every file's server has said how large it is. */
  readonly total: number | undefined;
}

export type OnProgress = (progress: LoadProgress) => void;

/**
 * Listeners for parts that are loaded at the same time, which tell of all parts together.
 * @returns `count` listeners; there is no total before each of them has heard one
 */
export function together(count: number, onProgress: OnProgress): OnProgress[] {
  const parts = Array.from({ length: count }, (): LoadProgress => ({ loaded: 0, total: undefined }));
  return parts.map((_, part) => (progress) => {
    parts[part] = progress;
    onProgress(
      parts.reduce((sum, { loaded, total }) => ({
        loaded: sum.loaded + loaded,
        total: sum.total === undefined || total === undefined ? undefined : sum.total + total,
      })),
    );
  });
}
