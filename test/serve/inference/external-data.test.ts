import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseExternalData } from '../../../serve/inference/external-data.ts';
import { openOnFirst } from '../../../serve/inference/onnxruntime.ts';
import { modelsDirectory } from '../fixtures.ts';

/** Weights in other files than the graph's, wherever in a graph they are. */

const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(value >> 7)]);
/** A field that holds a message. */
const field = (number: number, ...parts: readonly number[][]): number[] => {
  const bytes = parts.flat();
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
};
const location = (value: number): number[] => [...varint(14 * 8), value];
const dims = [...varint(8), 3];
const external = [...dims, ...location(1)];

describe('external data', () => {
  it.each([
    ['an initializer', field(7, field(5, external))],
    ['a sparse one', field(7, field(15, field(2, external)))],
    ['a constant', field(7, field(1, field(5, field(5, external))))],
    ['a list of constants', field(7, field(1, field(5, field(10, external))))],
    ['a branch of an If', field(7, field(1, field(5, field(6, field(5, external)))))],
    ['a function', field(25, field(7, field(5, field(5, external))))],
    ['behind a large tensor', field(7, field(5, field(9, Array(5000).fill(1))), field(5, external))],
  ])('is refused in %s', async (_, bytes) => {
    expect(() => refuseExternalData(Uint8Array.from(bytes))).toThrow(/keeps weights in other files/);
    await expect(openOnFirst(Uint8Array.from(bytes))).rejects.toMatchObject({ code: 'invalid_model' });
  });

  it('is not seen where there is none', () => {
    const inside = field(7, field(5, [...dims, ...location(0)]), field(2, external));
    expect(() => refuseExternalData(Uint8Array.from(inside))).not.toThrow();
    for (const broken of [[], [0xff], [0x3a, 0xff], field(7, [0x2a, 0x50])]) {
      expect(() => refuseExternalData(Uint8Array.from(broken))).not.toThrow();
    }
    const model = join(modelsDirectory, 'mnist-disenn');
    for (const file of readdirSync(model).filter((name) => name.endsWith('.onnx'))) {
      expect(() => refuseExternalData(readFileSync(join(model, file)))).not.toThrow();
    }
  });
});
