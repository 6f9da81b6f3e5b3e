import protobuf from 'protobufjs';

/** The fields of TensorFlow's `event.proto` and `summary.proto` that a scalar needs, for a decoder that is not ours. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    oneof what { string file_version = 3; Summary summary = 5; }
  }
  message Summary {
    message Value { string tag = 1; oneof value { float simple_value = 2; } }
    repeated Value value = 1;
  }
`);
const Event = root.lookupType('Event');

/** An event as it stands in a file; what it leaves out is proto3's default. */
interface DecodedEvent {
  readonly wallTime: number;
  /** A number, or a `Long` of the same value. */
  readonly step: unknown;
  readonly fileVersion: string;
  readonly summary: { readonly value: readonly { readonly tag: string; readonly simpleValue: number }[] } | null;
}

/** CRC-32C bit by bit, after its definition. */
export function bitwiseCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc % 2n === 1n ? (crc / 2n) ^ 0x82f63b78n : crc / 2n;
  }
  return Number(crc ^ 0xffffffffn);
}

/** Takes the mask off a stored checksum: the constant away, then left by 15 bits. */
export function unmasked(stored: number): number {
  const turned = BigInt.asUintN(32, BigInt(stored) - 0xa282ead8n);
  return Number(BigInt.asUintN(32, turned << 15n) | (turned >> 17n));
}

function checked(bytes: Uint8Array, stored: number): Uint8Array {
  if (bitwiseCrc32c(bytes) !== unmasked(stored)) throw new Error(`checksum ${stored} is not that of its bytes`);
  return bytes;
}

/** The data of each record of a TFRecord file; every checksum must hold, and no byte may be left over. */
export function readRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const end = at + 12 + Number(view.getBigUint64(at, true));
    checked(file.subarray(at, at + 8), view.getUint32(at + 8, true));
    records.push(checked(file.subarray(at + 12, end), view.getUint32(end, true)));
    at = end + 4;
  }
  return records;
}

/** The events of a file: of the one that says it the version, of the others `[tag, value]` in the file's order. */
export function readEvents(file: Uint8Array): {
  wallTime: number;
  step: number;
  fileVersion?: string;
  scalars?: (readonly [string, number])[];
}[] {
  return readRecords(file).map((data) => {
    const { wallTime, step, fileVersion, summary } = Event.decode(data) as unknown as DecodedEvent;
    const scalars = summary?.value.map(({ tag, simpleValue }) => [tag, simpleValue] as const);
    return { wallTime, step: Number(step), ...(scalars === undefined ? { fileVersion } : { scalars }) };
  });
}
