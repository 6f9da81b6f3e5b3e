import type { StringStringEntryProto } from './proto.ts';

/** Before the name of a port: the key of its layout, `NCHW` or `NHWC`. */
export const LAYOUT = 'layout.';

/** A model's metadata as ONNX stores it, sorted by key, so that equal metadata give equal bytes. */
export function metadataProps(metadata: Readonly<Record<string, string>>): StringStringEntryProto[] {
  return Object.keys(metadata)
    .sort()
    .map((key) => ({ key, value: metadata[key] as string }));
}
