import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { writePerInput } from '../../../../serve/commands/score/folder/per-input.ts';
import type { InputRow } from '../../../../serve/commands/score/folder/rows.ts';

/** What is read of the file that rows make. */
async function written(rows: readonly InputRow[]) {
  const chunks: Uint8Array[] = [];
  const file = {
    write: async (chunk: string | Uint8Array) => void chunks.push(Buffer.from(chunk)),
    commit: async () => {},
    discard: async () => {},
  };
  await writePerInput.parquet(
    (async function* () {
      yield* rows;
    })(),
    file,
  );
  const bytes = new Uint8Array(Buffer.concat(chunks)).buffer;
  return {
    rows: await parquetReadObjects({ file: bytes }),
    metadata: parquetMetadata(bytes),
    bytes: Buffer.from(bytes),
  };
}

it('has a typed column for each figure, and lists for attributions', async () => {
  const rows: InputRow[] = [3, 9].map((index) => ({
    model: 'größe',
    index,
    label: 1,
    predicted: index % 2,
    values: { faithfulness: index / 7, 'a.b': index === 9 ? null : 0.1 },
    attributions: {
      lime: [0.5, -index],
      occlusion: [
        [1, 2, 3],
        [index, 0.25, 0],
      ],
    },
  }));
  const found = await written(rows);
  expect(found.rows).toEqual([
    {
      model: 'größe',
      index: 3,
      label: 1,
      predicted: 1,
      faithfulness: 3 / 7,
      'a.b': 0.1,
      'attributions.lime': [0.5, -3],
      'attributions.occlusion': [
        [1, 2, 3],
        [3, 0.25, 0],
      ],
    },
    {
      model: 'größe',
      index: 9,
      label: 1,
      predicted: 1,
      faithfulness: 9 / 7,
      'a.b': null,
      'attributions.lime': [0.5, -9],
      'attributions.occlusion': [
        [1, 2, 3],
        [9, 0.25, 0],
      ],
    },
  ]);
  expect(found.metadata.created_by).toBe('senn-onnx');
  expect((await written(rows)).bytes.equals(found.bytes)).toBe(true);
});

it('is written a row group at a time', async () => {
  const count = 70_000;
  const rows = Array.from({ length: count }, (_, index) => ({
    index,
    predicted: 0,
    values: { f: index / 3 },
    attributions: {},
  }));
  const { metadata, rows: found } = await written(rows);
  expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([65_536, count - 65_536]);
  expect(found.at(-1)).toEqual({ index: count - 1, predicted: 0, f: (count - 1) / 3 });
  const wide = Array.from({ length: 3 }, (_, index) => ({
    index,
    predicted: 0,
    values: {},
    attributions: { lime: Array(600_000).fill(0) },
  }));
  expect((await written(wide)).metadata.row_groups).toHaveLength(2);
});

it('is a file without a row where there is none', async () => {
  const { rows, metadata } = await written([]);
  expect([rows, Number(metadata.num_rows)]).toEqual([[], 0]);
});
