import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflatedMost, deflateRuns } from '../../../serve/images/deflate.ts';

const START = 3;

function deflated(data: Uint8Array): Buffer {
  const out = Buffer.alloc(START + deflatedMost(data.length));
  const end = deflateRuns(data, out, START);
  expect(end).toBeLessThanOrEqual(out.length);
  return out.subarray(START, end);
}

/** Bytes in runs of any length, as of an image. */
const runs = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 250, max: 800 })),
    ),
    {
      maxLength: 40,
    },
  )
  .map((parts) => Uint8Array.from(parts.flatMap(([byte, length]) => Array<number>(length).fill(byte))));

describe('deflateRuns', () => {
  it('is undone by zlib, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(runs, fc.uint8Array({ maxLength: 3000 })), (data) => {
        expect(inflateSync(deflated(data)).equals(Buffer.from(data))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('writes runs of every length', () => {
    for (let length = 0; length <= 1100; length++) {
      const data = Buffer.concat([Buffer.from([7]), Buffer.alloc(length, 200), Buffer.from([9])]);
      expect(inflateSync(deflated(data)).equals(data), `a run of ${length}`).toBe(true);
    }
  });

  it('sums beyond what 32 bits hold', () => {
    const data = Buffer.alloc(1_000_000, 255);
    expect(inflateSync(deflated(data)).equals(data)).toBe(true);
    expect(deflated(data).length).toBeLessThan(8_000);
  });

  it('is never much longer than the bytes, and of an empty image about as long as zlib’s', () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 24);
    expect(deflated(noise).length).toBeLessThan(1.13 * noise.length + 16);
    const empty = new Uint8Array(812);
    expect(deflated(empty).length).toBeLessThan(3 * deflateSync(empty).length);
  });
});
