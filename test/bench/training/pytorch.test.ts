import { afterAll, describe, expect, it, vi } from 'vitest';
import { lanesOf } from '../../../bench/training/lanes.ts';
import { flagsOf, type Training } from '../../../bench/training/protocol.ts';
import { runLane } from '../../../bench/training/run-lane.ts';

// On a busy machine the threads of one operation wait for each other, many times as long as it takes.
vi.stubEnv('OMP_NUM_THREADS', '1');
afterAll(() => void vi.unstubAllEnvs());

const [lane] = await lanesOf({ backends: ['pytorch'], estimators: ['reference'] }, process.env, (backend, reason) => {
  process.stderr.write(`skipped: tests of ${backend}: ${reason}\n`);
});

const training: Training = { batch: 4, learningRate: 2e-4, robustness: 1e-4, seed: 1 };

describe.skipIf(lane === undefined)('pytorch_senn.py', { timeout: 180_000 }, () => {
  it('has the 28,219 parameters of the paper’s experiment and times as many steps as it is told', async () => {
    const report = await runLane(lane as never, flagsOf({ kind: 'steps', warmUp: 1, steps: 2 }, training));
    expect(report).toMatchObject({
      kind: 'steps',
      parameters: 28_219,
      stepMilliseconds: [expect.any(Number), expect.any(Number)],
    });
  });

  it('lets the learning rate fall along a cosine, where it is told to', async () => {
    const accuracyWith = async (schedule: 'constant' | 'cosine') => {
      const task = { kind: 'accuracy', target: 0.999, evaluateEvery: 3, maxSteps: 3, schedule } as const;
      const report = await runLane(lane as never, flagsOf(task, { ...training, learningRate: 0.03 }));
      return report.kind === 'accuracy' ? report.accuracy : undefined;
    };
    const constant = await accuracyWith('constant');
    expect(constant).toEqual(expect.any(Number));
    expect(await accuracyWith('cosine')).not.toBe(constant);
  });

  it('stops at an accuracy, or where it is to give up', async () => {
    const task = { kind: 'accuracy', target: 0.01, evaluateEvery: 1, maxSteps: 2, schedule: 'cosine' } as const;
    expect(await runLane(lane as never, flagsOf(task, training))).toMatchObject({
      kind: 'accuracy',
      seconds: expect.any(Number),
      stepsTaken: 1,
    });
    expect(await runLane(lane as never, flagsOf({ ...task, target: 0.999 }, training))).toMatchObject({
      seconds: expect.any(Number),
      stepsTaken: 2,
    });
  });
});
