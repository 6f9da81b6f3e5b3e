import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../bench/training/lanes.ts';
import type { Report } from '../../../bench/training/protocol.ts';
import { measureRounds } from '../../../bench/training/rounds.ts';
import { rowsOf } from '../../../bench/training/rows.ts';
import { tableOf } from '../../../bench/training/table.ts';
import { measureToAccuracy } from '../../../bench/training/to-accuracy.ts';

const lane = (backend: Lane['backend'], estimator: string): Lane => ({ backend, estimator, command: ['none'] });
const none = lane('wasm', 'none');
const probe = lane('wasm', 'probe');
const peer = lane('pytorch', 'reference');

const report = (...stepMilliseconds: number[]): Report => ({
  kind: 'steps',
  parameters: 28_219,
  runtime: 'a runtime',
  device: 'CPU',
  stepMilliseconds,
});

/** Runs rounds over programs that answer with what is listed for them, one report a round. */
async function measure(answers: ReadonlyMap<Lane, readonly Report[]>, rounds: number) {
  const left = new Map([...answers].map(([of, reports]) => [of, [...reports]]));
  const ran: string[] = [];
  const missing: string[] = [];
  const measurements = await measureRounds(
    [...answers.keys()],
    rounds,
    async (of) => {
      ran.push(`${of.backend} ${of.estimator}`);
      return left.get(of)?.shift() as Report;
    },
    { onMissing: (backend, reason) => missing.push(`${backend}: ${reason}`), onReport: () => {} },
  );
  return { measurements, ran, missing };
}

describe('measureRounds', () => {
  it('runs every lane once a round and starts each round with another one', async () => {
    const three = [report(1), report(1), report(1)];
    const { ran } = await measure(
      new Map([
        [none, three],
        [probe, three],
        [peer, three],
      ]),
      3,
    );
    expect(ran).toEqual([
      ...['wasm none', 'wasm probe', 'pytorch reference'],
      ...['wasm probe', 'pytorch reference', 'wasm none'],
      ...['pytorch reference', 'wasm none', 'wasm probe'],
    ]);
  });

  it('takes the median of each round', async () => {
    const { measurements } = await measure(new Map([[none, [report(9, 1, 2), report(5, 7), report(4)]]]), 3);
    expect(measurements.map(({ medians }) => medians)).toEqual([[2, 6, 4]]);
  });

  it('asks a missing backend once, says so once, and leaves its lanes out', async () => {
    const { measurements, ran, missing } = await measure(
      new Map([
        [none, [{ kind: 'missing', reason: 'not here' }]],
        [probe, []],
        [peer, [report(3), report(3)]],
      ]),
      2,
    );
    expect(missing).toEqual(['wasm: not here']);
    expect(ran).toEqual(['wasm none', 'pytorch reference', 'pytorch reference']);
    expect(measurements.map((measurement) => measurement.lane)).toEqual([peer]);
  });
});

const setting = { batch: 200, learningRateOf: () => 1e-3 };

describe('rowsOf', () => {
  const answers = new Map([
    [none, [report(100), report(50), report(60)]],
    [peer, [report(400), report(500), report(300)]],
  ]);

  it('gives medians, throughput and the ratio to PyTorch of the same run', async () => {
    const { measurements } = await measure(answers, 3);
    expect(rowsOf(measurements, setting)).toMatchObject([
      { backend: 'wasm', estimator: 'none', batch: 200, msPerStep: 60, msPerStepRange: [50, 100], ratio: 0.15 },
      { backend: 'pytorch', estimator: 'reference', msPerStep: 400, msPerStepRange: [300, 500], ratio: 1 },
    ]);
    expect(rowsOf(measurements, setting).map(({ samplesPerSecond }) => samplesPerSecond)).toEqual([3333, 500]);
  });

  it('has no ratio without PyTorch, and seconds only where they were measured', async () => {
    const { measurements } = await measure(new Map([...answers].slice(0, 1)), 3);
    expect(rowsOf(measurements, setting)[0]).toMatchObject({ ratio: null });
    expect(rowsOf(measurements, setting)[0]).not.toHaveProperty('secondsToAccuracy');
    const rowWith = (reached: boolean) =>
      rowsOf(measurements, setting, new Map([[none, { seconds: 12.345, reached, steps: [90] }]]))[0];
    expect(rowWith(true)).toMatchObject({ secondsToAccuracy: 12.35, secondsRatio: null, stepsToAccuracy: [90] });
    expect(rowWith(false)).toMatchObject({ secondsToAccuracy: null, secondsSpent: 12.35, secondsRatio: null });
  });

  it('prints as a table whose figures end in the same column', async () => {
    const { measurements } = await measure(answers, 3);
    const toAccuracy = new Map([
      [none, { seconds: 7, reached: true, steps: [90, 180] }],
      [peer, { seconds: 70, reached: false, steps: [45, 540] }],
    ]);
    const [head = '', ...lines] = tableOf(rowsOf(measurements, setting, toAccuracy), 0.95).split('\n');
    expect(head).toMatch(/^backend +estimator +rate +ms\/step .* s to 95 % +of PyTorch’s +steps$/);
    const [ours = '', theirs = ''] = lines;
    expect(ours.indexOf('60.0') + '60.0'.length).toBe(head.indexOf('ms/step') + 'ms/step'.length);
    expect(theirs.indexOf('400.0') + '400.0'.length).toBe(head.indexOf('ms/step') + 'ms/step'.length);
    expect(ours).toContain('0.15 ×');
    expect(ours).toMatch(/ 7\.0 +< 0\.10 × +90 180$/);
    expect(theirs).toMatch(/1\.00 × +> 70\.0 +– +45 540$/);
  });
});

describe('measureToAccuracy', () => {
  const trained = (seconds: number, accuracy: number, stepsTaken: number): Report => {
    return { kind: 'accuracy', parameters: 1, runtime: 'a runtime', device: 'CPU', seconds, accuracy, stepsTaken };
  };

  it('is the mean over the seeds, and says where one of them did not get there', async () => {
    const accuracies = { none: [0.95, 0.96], probe: [0.97, 0.94] } as Record<string, number[]>;
    const ran: string[] = [];
    const found = await measureToAccuracy(
      [none, probe],
      [7, 8],
      0.95,
      async ({ estimator }, seed) => trained(2 * seed, accuracies[estimator]?.[seed - 7] ?? 0, seed),
      ({ estimator }, _report, seed) => ran.push(`${estimator} ${seed}`),
    );
    expect(found.get(none)).toEqual({ seconds: 15, reached: true, steps: [7, 8] });
    expect(found.get(probe)).toEqual({ seconds: 15, reached: false, steps: [7, 8] });
    expect(ran).toEqual(['none 7', 'probe 7', 'probe 8', 'none 8']);
  });
});
