import type { StringStringEntryProto } from './proto.ts';

/** A model's metadata as ONNX stores it, sorted by key, so that equal metadata give equal bytes. */
export function metadataProps(metadata: Readonly<Record<string, string>>): StringStringEntryProto[] {
  return Object.keys(metadata)
    .sort()
    .map((key) => ({ key, value: metadata[key] as string }));
}
