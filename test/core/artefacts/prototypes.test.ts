import { describe, expect, it } from 'vitest';
import {
  prototypeShape,
  prototypeSheet,
  prototypesOf,
  prototypesOfRows,
  prototypesOfSheet,
} from '../../../core/artefacts/prototypes.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { sizeOf, tensor } from '../../../core/tensor.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';

/** A manifest whose concepts have so many prototypes. */
function withCounts(counts: readonly number[], input: Manifest['input']): Manifest {
  const [concept] = fakeManifest.concepts as [Manifest['concepts'][number]];
  const concepts = counts.map((count) => ({ ...concept, prototypes: Array.from({ length: count }, (_, p) => p) }));
  return { ...fakeManifest, input, concepts };
}

const colour = withCounts([3, 2], { kind: 'image', channels: 3, height: 4, width: 5 });
const feature = (name: string) => ({ name, range: [0, 9] as [number, number] });
const table = withCounts([2, 1, 0], { kind: 'tabular', features: [feature('a'), feature('b')] });

describe('prototypes of images', () => {
  const shape = prototypeShape(colour);
  const prototypes = tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
    shape,
  );

  it('lie on a sheet, a row a concept, and are read back as they were', () => {
    expect(shape).toEqual([2, 3, 3, 4, 5]);
    const sheet = prototypeSheet(prototypes);
    expect(sheet.shape).toEqual([3, 8, 15]);
    expect(prototypesOfSheet(sheet, colour, 'p.png')).toEqual(prototypes);
    // channel 2, pixel (y 1, x 3) of prototype 2 of concept 1
    expect(sheet.data[(2 * 8 + 4 + 1) * 15 + 2 * 5 + 3]).toBe((((1 * 3 + 2) * 3 + 2) * 4 + 1) * 5 + 3);
  });

  it('are as many as the concept has', () => {
    expect(prototypesOf(prototypes, colour, 0).shape).toEqual([3, 3, 4, 5]);
    const second = prototypesOf(prototypes, colour, 1);
    expect(second.shape).toEqual([2, 3, 4, 5]);
    expect(second.data[0]).toBe(3 * 3 * 4 * 5);
  });

  it('are refused on a sheet of another size', () => {
    const sheet = tensor(new Float32Array(3 * 8 * 10), [3, 8, 10]);
    expect(() => prototypesOfSheet(sheet, colour, 'p.png')).toThrow(
      expect.objectContaining({
        code: 'invalid_model',
        message: 'p.png: sheet [3, 8, 10] must be [3, 8, 15] by the manifest',
      }),
    );
  });
});

describe('prototypes of tables', () => {
  it('are rows, with zeros for what a concept has less', () => {
    const rows = [
      [
        [1, 2],
        [3, 4.5],
      ],
      [[5, 6]],
      [],
    ];
    expect(prototypesOfRows({ rows }, table, 'p.json')).toEqual(
      tensor(Float32Array.of(1, 2, 3, 4.5, 5, 6, 0, 0, 0, 0, 0, 0), [3, 2, 2]),
    );
  });

  it.each([
    [
      {
        rows: [
          [
            [1, 2],
            [3, 4],
          ],
          [[5, 6]],
        ],
      },
      'must have [2, 1, 0] rows of 2 features by the manifest',
    ],
    [{ rows: [[[1, 2]], [[5, 6]], []] }, 'must have [2, 1, 0] rows of 2 features'],
    [{ rows: [[[1, 2], [3]], [[5, 6]], []] }, 'must have [2, 1, 0] rows of 2 features'],
    [
      {
        rows: [
          [
            [1, 2, 3],
            [3, 4],
          ],
          [[5, 6]],
          [],
        ],
      },
      'must have [2, 1, 0] rows of 2 features',
    ],
    [
      {
        rows: [
          [
            [1, null],
            [3, 4],
          ],
          [[5, 6]],
          [],
        ],
      },
      'p.json: rows.0.0.1',
    ],
    [{ rows: [], more: 1 }, 'more'],
    [[], 'p.json'],
  ])('refuses %j', (value, message) => {
    expect(() => prototypesOfRows(value, table, 'p.json')).toThrow(
      expect.objectContaining({ code: 'invalid_model', message: expect.stringContaining(message) }),
    );
  });
});
