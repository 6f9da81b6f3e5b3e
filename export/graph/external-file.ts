import { closeSync, openSync, writeSync } from 'node:fs';
import { digestOf, piecesOf } from '../onnx/bytes.ts';
import type { ExternalData } from './initializers.ts';

/** The file beside a model's that holds its large constants. */

/** Tensors start at multiples of this, so that a runtime can map them into memory (onnx, ExternalData.md: 4 KB). */
const ALIGNMENT = 4096;

/** Writes all of it at an offset of the file. */
function writeAt(file: number, bytes: Uint8Array, start: number): void {
  let offset = start;
  for (const piece of piecesOf(bytes)) {
    let written = 0;
    while (written < piece.length) {
      written += writeSync(file, piece, written, piece.length - written, offset + written);
    }
    offset += piece.length;
  }
}

export interface ExternalFile extends ExternalData {
  /** Bytes that are in it. */
  readonly size: () => number;
  readonly close: () => void;
}

/**
 * A new file of constants. What is appended is written at once and not kept; equal bytes are written once.
 * @param location what the model calls it
 */
export function createExternalFile(path: string, location: string): ExternalFile {
  const file = openSync(path, 'w');
  const places = new Map<string, number>();
  let end = 0;
  return {
    location,
    append(bytes) {
      const digest = digestOf(bytes);
      const known = places.get(digest);
      if (known !== undefined) return known;
      const start = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      writeAt(file, bytes, start);
      end = start + bytes.length;
      places.set(digest, start);
      return start;
    },
    size: () => end,
    close: () => closeSync(file),
  };
}
