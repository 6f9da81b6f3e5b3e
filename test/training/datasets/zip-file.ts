import { crc32, deflateRawSync } from 'node:zlib';

/** Zips made by hand, so that they can say of themselves what is not so. */

export interface ZippedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the zip says instead of what is so. */
  readonly says?: { readonly size?: number; readonly checksum?: number; readonly flags?: number };
}

/** A head of a local file or of the directory, by the format's own table of fields. */
function head(signature: number, fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const parts = [[4, signature] as const, ...fields].map(([length, value]) => {
    const part = Buffer.alloc(length);
    part.writeUIntLE(value, 0, length);
    return part;
  });
  return Buffer.concat(parts);
}

export function zipOf(files: readonly ZippedFile[]): Buffer<ArrayBuffer> {
  const [local, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, bytes, says = {} } of files) {
    const [text, packed] = [Buffer.from(name), deflateRawSync(bytes)];
    const { size = bytes.length, checksum = crc32(bytes), flags = 0x800 } = says;
    const common = [
      [2, 20],
      [2, flags],
      [2, 8],
      [4, 0],
      [4, checksum],
      [4, packed.length],
      [4, size],
      [2, text.length],
      [2, 0],
    ] as const;
    const part = Buffer.concat([head(0x04034b50, common), text, packed]);
    local.push(part);
    directory.push(head(0x02014b50, [[2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), text);
    offset += part.length;
  }
  const [files_, entries] = [Buffer.concat(local), Buffer.concat(directory)];
  const count = files.length;
  const end = head(0x06054b50, [
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, entries.length],
    [4, files_.length],
    [2, 0],
  ]);
  return Buffer.concat([files_, entries, end]);
}
