import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dsprites } from '../../../training/datasets/dsprites/dsprites.ts';
import { readNpzBits } from '../../../training/datasets/dsprites/npz.ts';
import { gatherBits } from '../../../training/datasets/dsprites/official.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { nowhere, temporaryFolder } from './helpers.ts';

/** Five images, `((x + 3y + 7i) mod 5) < 2`, written by NumPy 2.4's `savez_compressed` beside two other arrays. */
const byNumpy = join(import.meta.dirname, 'numpy.npz');
const SHAPE = [5, 64, 64];
const expected = Float32Array.from({ length: 5 * 4096 }, (_, at) => {
  const [i, y, x] = [Math.floor(at / 4096), Math.floor(at / 64) % 64, at % 64];
  return (x + 3 * y + 7 * i) % 5 < 2 ? 1 : 0;
});

/** A `.npy` file, version 1. */
function npy(descr: string, shape: readonly number[], values: Uint8Array, order = 'False'): Buffer {
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')},), }`;
  const text = `${dictionary.padEnd(117)}\n`;
  const prefix = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  prefix.writeUInt16LE(text.length, 8);
  return Buffer.concat([prefix, Buffer.from(text, 'latin1'), values]);
}

/** A zip of one deflated entry. */
function zip(name: string, content: Buffer, checksum = crc32(content)): Buffer {
  const packed = deflateRawSync(content);
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(checksum, 0);
  sizes.writeUInt32LE(packed.length, 4);
  sizes.writeUInt32LE(content.length, 8);
  const common = Buffer.concat([
    Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]),
    sizes,
    Buffer.from([name.length, 0, 0, 0]),
  ]);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

async function fileOf(content: Buffer): Promise<string> {
  const path = join(await temporaryFolder(), 'sprites.npz');
  await writeFile(path, content);
  return path;
}

const zeros = new Uint8Array(16);

describe('NPZ files', () => {
  it("of NumPy give their bits back as the images' values", async () => {
    const { shape, bits } = await readNpzBits(byNumpy, 'imgs.npy', SHAPE);
    expect(shape).toEqual(SHAPE);
    expect(bits).toHaveLength((5 * 4096) / 8);
    expect(gatherBits(bits, 4096, Int32Array.of(0, 1, 2, 3, 4))).toEqual(expected);
    expect(gatherBits(bits, 4096, Int32Array.of(3, 0))).toEqual(
      Float32Array.from([...expected.subarray(3 * 4096, 4 * 4096), ...expected.subarray(0, 4096)]),
    );
  });

  it('come back from what was written, over many chunks', async () => {
    const values = Uint8Array.from({ length: 300_000 }, (_, i) => ((i * i) % 7 > 3 ? 1 : 0));
    const path = await fileOf(zip('imgs.npy', npy('|u1', [300, 10, 100], values)));
    const { bits } = await readNpzBits(path, 'imgs.npy', [300, 10, 100]);
    expect(gatherBits(bits, 300_000, Int32Array.of(0))).toEqual(Float32Array.from(values));
  });

  it.each([
    ['another type', npy('<f4', [2, 8], zeros), '<f4 [2, 8] must be |u1 [2, 8]'],
    ['another shape', npy('|u1', [4, 4], zeros), '|u1 [4, 4] must be |u1 [2, 8]'],
    ['another order', npy('|u1', [2, 8], zeros, 'True'), '|u1 in Fortran order [2, 8] must be'],
    ['too few values', npy('|u1', [2, 8], zeros.subarray(1)), 'has 15 of the 16 values'],
    ['too many values', npy('|u1', [2, 8], new Uint8Array(17)), 'has more than the 16 values'],
    ['a value that is no bit', npy('|u1', [2, 8], zeros.with(3, 2)), 'value 3 must be 0 or 1, got 2'],
    ['no array', Buffer.alloc(200, 'x'), 'is not an array of NumPy'],
    ['an end in its header', Buffer.from('\x93NUMPY\x01', 'latin1'), 'ends before its header does'],
  ])('with %s are refused', async (_, content, reason) => {
    const path = await fileOf(zip('imgs.npy', content));
    await expect(readNpzBits(path, 'imgs.npy', [2, 8])).rejects.toMatchObject({
      code: 'missing_data',
      message: expect.stringContaining(`${path}: imgs.npy: ${reason}`),
    });
  });

  it('with another checksum are refused', async () => {
    const path = await fileOf(zip('imgs.npy', npy('|u1', [2, 8], zeros), 7));
    await expect(readNpzBits(path, 'imgs.npy', [2, 8])).rejects.toThrow(/checksum \d+ must be 7/);
  });

  it('without the array say what they hold', async () => {
    await expect(readNpzBits(byNumpy, 'images.npy', SHAPE)).rejects.toThrow(
      'has no images.npy; it holds metadata.npy, imgs.npy, latents_classes.npy',
    );
  });

  it('that are broken off, or no zip, or not there, are refused', async () => {
    const whole = await readFile(byNumpy);
    for (const content of [whole.subarray(0, 600), Buffer.from('not a zip, but long enough to look for its end')]) {
      await expect(readNpzBits(await fileOf(content), 'imgs.npy', SHAPE)).rejects.toThrow(/cannot be read as \.npz: /);
    }
    await expect(readNpzBits('/nowhere/sprites.npz', 'imgs.npy', SHAPE)).rejects.toThrow(
      /cannot be read as \.npz: ENOENT/,
    );
  });

  it('of other images are no dSprites', async () => {
    const config = dsprites.schema.parse({ name: 'dsprites', path: byNumpy });
    await expect(loadDataset(config, nowhere)).rejects.toThrow('|u1 [5, 64, 64] must be |u1 [737280, 64, 64]');
  });
});
