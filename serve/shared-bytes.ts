/**
 * Bytes that all threads of the process see: sending them to a thread copies nothing. What is large and read by several
 * threads (the files of a model, an image on its way to one) lies in such memory.
 */
export type SharedBytes = Uint8Array<SharedArrayBuffer>;

/** @returns a copy of the bytes in memory that threads share */
export function sharedBytes(bytes: Uint8Array): SharedBytes {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}
