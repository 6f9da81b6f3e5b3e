import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import type { LoadedBatch } from '../../../core/scoring/source.ts';
import type { ParquetFile } from '../../../training/datasets/parquet/file.ts';
import { checkDeltas, checkRuns, countOnes } from '../../../training/datasets/parquet/levels.ts';
import { pagesOf } from '../../../training/datasets/parquet/pages.ts';
import { structLength } from '../../../training/datasets/parquet/thrift.ts';
import { openScoringSource } from '../../../training/datasets/scoring.ts';
import { temporaryFolder } from './helpers.ts';

/** Files as pyarrow and DuckDB wrote them; parquet/make.py says how. */
const written = (name: string): string => join(import.meta.dirname, 'parquet', `${name}.parquet`);

const features = ['n', 'b', 'x', 'f'];
const input: Manifest['input'] = { kind: 'tabular', features: features.map((name) => ({ name, range: [0, 1] })) };
const classes = ['no', 'yes'];
const ROWS = 40;

/** What a row of those files is, in the order of the features. */
const rowAt = (i: number): number[] => [i % 7, Number(i % 3 === 0), i / 8 - 1, i * 0.25];

async function load(path: string, options: object = {}, size = 7) {
  const source = await openScoringSource(path, { input, classes, ...options });
  const batches: LoadedBatch[] = [];
  try {
    for (let start = 0; start < source.count; start += size) {
      batches.push(await source.read(start, Math.min(source.count, start + size)));
    }
  } finally {
    await source.close?.();
  }
  return {
    source,
    values: batches.flatMap((batch) => [...batch.input.data]),
    labels: batches.flatMap((batch) => [...(batch.labels ?? [])]),
    rows: batches.flatMap((batch) => [...batch.rows]),
    unusable: batches.flatMap((batch) => batch.unusable),
  };
}

describe('--data FILE.parquet', () => {
  it.each([...['snappy', 'zstd', 'gzip', 'brotli', 'v2', 'pages', 'encodings', 'types', 'duckdb-v1', 'duckdb-v2']])(
    'reads %s',
    async (name) => {
      const { source, values, labels, unusable } = await load(written(name));
      const all = Array.from({ length: ROWS }, (_, i) => i);
      expect([source.count, source.labelled, source.shape, unusable]).toEqual([ROWS, true, [4], []]);
      expect(values).toEqual(all.flatMap(rowAt));
      expect(labels).toEqual(all.map((i) => i % 2));
      expect(source.digest).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it('reads a sample, and the same rows again in any order', async () => {
    const whole = await load(written('snappy'));
    const { source, values } = await load(written('snappy'), { sample: { count: 9, seed: 3 } });
    expect([source.count, source.of]).toEqual([9, ROWS]);
    const places = Array.from({ length: 9 }, (_, i) => (values[i * 4 + 3] as number) * 4);
    expect(values).toEqual(places.flatMap((i) => whole.values.slice(i * 4, i * 4 + 4)));
    const again = await openScoringSource(written('snappy'), { input, classes });
    const [late, early] = [await again.read(30, 40), await again.read(0, 10)];
    expect([...early.input.data, ...late.input.data]).toEqual([
      ...whole.values.slice(0, 40),
      ...whole.values.slice(120),
    ]);
    await again.close?.();
  });

  it.each(['odd', 'odd-v2'])('counts and lists what of %s cannot be scored, and reads the rest', async (name) => {
    const { values, rows, unusable } = await load(written(name));
    expect(unusable.map(({ index, reason }) => [index, reason])).toEqual([
      [3, 'column "n" must be a number within float32, got NaN or nothing'],
      [5, 'column "x" must be a number within float32, got NaN or nothing'],
      [7, 'its label is missing; it must be one of no, yes'],
      [9, 'its label "maybe"; it must be one of no, yes'],
      [11, 'column "f" must be a number within float32, got Infinity'],
    ]);
    expect(unusable[0]?.where).toBe(`${written(name)}, record 4`);
    expect(values).toEqual(rows.flatMap(rowAt));
    expect(rows).toHaveLength(ROWS - 5);
  });

  it.each([
    ['text', 'unsupported_input', 'column "x" holds STRING; it must hold numbers'],
    ['list', 'unsupported_input', 'column "x" holds nested values; it must hold numbers'],
    ['dates', 'unsupported_input', 'column "x" holds TIMESTAMP; it must hold numbers'],
    ['empty', 'missing_data', 'holds no records'],
    ['lz4', 'missing_data', 'column "n": is compressed by LZ4_RAW; choose UNCOMPRESSED, SNAPPY, GZIP, ZSTD, BROTLI'],
    ['prefixes', 'missing_data', 'column "label": is encoded by DELTA_BYTE_ARRAY; choose PLAIN, '],
  ])('refuses %s before any work', async (name, code, message) => {
    const opened = openScoringSource(written(name), { input, classes });
    await expect(opened).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('has the rules for columns that a CSV file has', async () => {
    const other: Manifest['input'] = {
      kind: 'tabular',
      features: [
        { name: 'x', range: [0, 1] },
        { name: 'age', range: [0, 1] },
      ],
    };
    await expect(openScoringSource(written('snappy'), { input: other })).rejects.toMatchObject({
      code: 'unsupported_input',
      message: `${written('snappy')}: has no column age; has unknown columns n, f, b; the model takes x, age, and a column "label" may tell the class`,
    });
    const images: Manifest['input'] = { kind: 'image', channels: 1, height: 28, width: 28 };
    await expect(openScoringSource(written('snappy'), { input: images })).rejects.toThrow('is a file of rows');
  });
});

/** A file of one nullable column without a value, which is one run of 20 zeros. */
async function emptyColumn(run: number): Promise<string> {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: 'x', data: new Array(20).fill(null), type: 'DOUBLE' }],
      codec: 'UNCOMPRESSED',
    }),
  );
  const at = bytes.findIndex((byte, i) => byte === 40 && bytes[i + 1] === 0); // 20 times, by two; the number 0
  bytes[at] = 2 * run;
  const path = join(await temporaryFolder(), 'run.parquet');
  await writeFile(path, bytes);
  return path;
}
const one: Manifest['input'] = { kind: 'tabular', features: [{ name: 'x', range: [0, 1] }] };

describe('a file that says of itself what is not so', () => {
  it.each([
    ['no Parquet file', () => Buffer.from('id,x\n1,2\n'), 'does not end in PAR1'],
    ['the end of one', () => Buffer.from('PAR1'), 'does not end in PAR1'],
    ['a footer beyond its beginning', (bytes: Buffer) => bytes.subarray(-100), 'is longer than the file'],
    [
      'a footer that is none',
      (bytes: Buffer) => Buffer.concat([Buffer.alloc(bytes.length - 8, 0xff), bytes.subarray(-8)]),
      'unknown type 15',
    ],
    [
      'pages that are none',
      (bytes: Buffer) => Buffer.concat([Buffer.alloc(1000, 0xff), bytes.subarray(1000)]),
      'column "n": unknown type 15',
    ],
  ])('%s', async (_, change, message) => {
    const path = join(await temporaryFolder(), 'bad.parquet');
    await writeFile(path, change(await readFile(written('snappy'))));
    const opened = openScoringSource(path, { input, classes });
    await expect(opened).rejects.toMatchObject({ code: 'missing_data', message: expect.stringContaining(message) });
  });

  it('never crashes, whatever byte is another', { timeout: 60_000 }, async () => {
    const [path, bytes] = [join(await temporaryFolder(), 'any.parquet'), await readFile(written('v2'))];
    for (let i = 0; i < bytes.length; i += 97) {
      await copyFile(written('v2'), path);
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] as number) ^ (1 << (i % 8));
      await writeFile(path, changed);
      const error = await load(path).then(
        () => undefined,
        (thrown) => thrown,
      );
      if (error !== undefined)
        expect(error.code, `byte ${i}: ${error.stack}`).toMatch(/missing_data|unsupported_input/);
    }
  });

  it('a run of more levels than the page has, which would be unrolled', async () => {
    const good = await openScoringSource(await emptyColumn(20), { input: one });
    expect((await good.read(0, 20)).unusable).toHaveLength(20);
    await good.close?.();
    await expect(openScoringSource(await emptyColumn(63), { input: one })).rejects.toThrow(
      'column "x": a run of 63 numbers where 20 are left',
    );
  });

  it('runs of two thousand million numbers in six bytes', () => {
    const run = Buffer.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 0);
    expect(() => checkRuns(run, 1000, 1)).toThrow('a run of 2147483647 numbers where 1000 are left');
    expect(() => checkRuns(Buffer.of(0, 0), 1000, 1)).toThrow('a run of 0 numbers');
    expect(countOnes(Buffer.of(3, 0b10110001, 10, 1), 13)).toBe(9);
    expect(() => checkDeltas(Buffer.of(0x80, 1, 0xff, 0xff, 0xff, 0xff, 7, 0))).toThrow('in blocks of 128 by');
  });

  it('lists of more elements than bytes follow, and structures without end', () => {
    const list = Buffer.of(0x19, 0xf9, 0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(structLength(list)).toBeUndefined();
    expect(() => structLength(Buffer.alloc(1000, 0x1c))).toThrow('nested deeper than 16');
    expect(structLength(Buffer.of(0x15, 2, 0, 9, 9))).toBe(3);
  });

  it.each([
    [
      { field_1: 0, field_2: 2 ** 30, field_3: 4, field_5: { field_1: 10 } },
      'unpacks to 1073741824 bytes; at most 268435456',
    ],
    [{ field_1: 0, field_2: 8, field_3: 4, field_5: { field_1: 2 ** 30 } }, 'has 1073741824 values; at most 4194304'],
    [{ field_1: 2, field_2: 8, field_3: 4, field_7: { field_1: 1000 } }, 'has a dictionary of 1000 values in 8 bytes'],
    [
      {
        field_1: 3,
        field_2: 8,
        field_3: 4,
        field_8: { field_1: 10, field_2: -5, field_3: 10, field_5: 0, field_6: 0 },
      },
      '-5 nulls',
    ],
    [{ field_1: 0, field_2: 8, field_3: 400, field_5: { field_1: 10 } }, 'is longer than its column'],
    [{ field_1: 0, field_2: 8, field_3: 4, field_5: { field_1: 11 } }, 'its pages have 11 rows; its group has 10'],
  ])('heads of pages such as %j', async (head, message) => {
    const writer = new ByteWriter();
    serializeTCompactProtocol(writer, head);
    const bytes = Buffer.concat([writer.getBytes(), Buffer.alloc(4)]);
    const file = { read: async (at: number, length: number) => bytes.subarray(at, at + length) } as ParquetFile;
    await expect(pagesOf(file, { offset: 0, bytes: bytes.length, codec: 'SNAPPY' }, 10)).rejects.toThrow(message);
  });
});
