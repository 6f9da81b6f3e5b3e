import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTensors, GOLDEN_TOLERANCE, parseGolden, replayGolden } from '../../core/golden.ts';
import { tensor } from '../../core/tensor.ts';
import { fakeManifest, fakeSessions } from '../helpers/fake-model.ts';

const row = (...values: number[]) => tensor(Float32Array.from(values), [1, values.length]);

/** What the fake graphs give for one image. */
const golden = {
  tensors: {
    input: { shape: [1, 1, 2, 2], data: [0.25, 0.5, 0.75, 1] },
    concepts: { shape: [1, 2], data: [0.75, 1.75] },
    relevances: { shape: [1, 2, 3], data: [0.25, -0.5, -1.25, 0.5, 0, -0.5] },
    reconstruction: { shape: [1, 1, 2, 2], data: [0.75, 0.75, 1.75, 1.75] },
    logits: { shape: [1, 3], data: [1.0625, -0.375, -1.8125] },
  },
};

describe('comparing with a golden tensor', () => {
  it('passes what is equal, with no difference', () => {
    expect(compareTensors(row(1, -2), row(1, -2))).toEqual({ maxAbsoluteDifference: 0, worstRatio: 0, passed: true });
  });

  it('passes exactly what is within 1e-5 + 1e-4·|reference|', () => {
    const share = fc.double({ min: 0, max: 1.9, noNaN: true }).filter((s) => Math.abs(s - 1) > 0.05);
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), share, (value, s) => {
        const reference = Math.fround(value);
        const allowed = GOLDEN_TOLERANCE.absolute + GOLDEN_TOLERANCE.relative * Math.abs(reference);
        expect(compareTensors(row(reference + s * allowed), row(reference)).passed).toBe(s < 1);
      }),
    );
  });

  it.each([
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NEGATIVE_INFINITY, 1],
    [1, Number.NaN],
    [Number.NaN, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('never passes %d against %d, wherever it stands', (actual, reference) => {
    expect(compareTensors(row(actual, 1), row(reference, 1)).passed).toBe(false);
    expect(compareTensors(row(1, actual), row(1, reference)).passed).toBe(false);
  });

  it('calls the difference to NaN infinite, so that it can be reported', () => {
    expect(compareTensors(row(Number.NaN), row(1))).toMatchObject({
      maxAbsoluteDifference: Number.POSITIVE_INFINITY,
      worstRatio: Number.POSITIVE_INFINITY,
    });
  });

  it('refuses another shape', () => {
    expect(() => compareTensors(row(1, 2), row(1))).toThrow('output [1, 2] must match the golden tensor [1, 1]');
  });
});

describe('replaying a golden file', () => {
  it('checks every output of every graph', async () => {
    const checks = await replayGolden(parseGolden(golden), fakeManifest, fakeSessions());
    expect(checks.map(({ graph, output, passed }) => [graph, output, passed])).toEqual([
      ['conceptizer', 'concepts', true],
      ['parameterizer', 'relevances', true],
      ['decoder', 'reconstruction', true],
      ['aggregator', 'logits', true],
    ]);
  });

  it('finds the one output that is off', async () => {
    const off = structuredClone(golden);
    off.tensors.relevances.data[4] = 0.01;
    const checks = await replayGolden(parseGolden(off), fakeManifest, fakeSessions());
    expect(checks.filter(({ passed }) => !passed).map(({ output }) => output)).toEqual(['relevances']);
  });

  it('finds an aggregator that is not the training side’s', async () => {
    const off = structuredClone(golden);
    off.tensors.logits.data.reverse();
    const checks = await replayGolden(parseGolden(off), fakeManifest, fakeSessions());
    expect(checks.filter(({ passed }) => !passed).map(({ graph }) => graph)).toEqual(['aggregator']);
  });

  it('compares an output beyond the contract where the file knows it, and passes it over where not', async () => {
    const sessions = fakeSessions();
    const plain = sessions.conceptizer.run;
    sessions.conceptizer.run = async (feeds) => ({ ...(await plain(feeds)), log_variance: row(-1, -2) });
    expect(await replayGolden(parseGolden(golden), fakeManifest, sessions)).toHaveLength(4);

    const knowing = { tensors: { ...golden.tensors, log_variance: { shape: [1, 2], data: [-1, 9] } } };
    const checks = await replayGolden(parseGolden(knowing), fakeManifest, sessions);
    expect(checks.filter(({ passed }) => !passed).map(({ output }) => output)).toEqual(['log_variance']);
  });

  it.each(['input', 'concepts', 'relevances', 'reconstruction', 'logits'] as const)(
    'needs the tensor "%s"',
    async (name) => {
      const { [name]: _, ...tensors } = golden.tensors;
      await expect(replayGolden(parseGolden({ tensors }), fakeManifest, fakeSessions())).rejects.toThrow(
        `no tensor "${name}"`,
      );
    },
  );

  it('needs every graph to give the outputs of the contract', async () => {
    const sessions = fakeSessions();
    sessions.decoder.run = async () => ({ other: row(1) });
    await expect(replayGolden(parseGolden(golden), fakeManifest, sessions)).rejects.toThrow(
      'no output "reconstruction"',
    );
  });
});

describe('a golden file', () => {
  it.each([
    [{ tensors: { input: { shape: [2], data: [1] } } }],
    [{ tensors: { input: { shape: [0], data: [] } } }],
    [{ tensors: { input: { shape: [1], data: ['1'] } } }],
    [{ tensors: { input: { shape: [1], data: [null] } } }],
    [{ tensors: {}, more: 1 }],
    [{}],
  ])('is not %j', (value) => {
    expect(() => parseGolden(value)).toThrow(expect.objectContaining({ code: 'invalid_model' }));
  });
});
