import { describe, expect, it } from 'vitest';
import { startEngine } from '../../../../serve/inference/engine/engine.ts';
import type { BatchMessage } from '../../../../serve/inference/engine/messages.ts';
import { startPool, ThreadDied } from '../../../../serve/inference/engine/pool.ts';
import { readBundle } from '../../../../serve/models/bundle.ts';
import { modelPath } from '../../fixtures.ts';
import { bare, digits, input, type Prediction, parsed } from './inputs.ts';

describe('a thread that dies', () => {
  /** The threads of the real pool, of which those that run a batch that `dies` says die. */
  function mortal(dies: (message: BatchMessage, run: number) => boolean) {
    const runs: number[] = [];
    const start: typeof startPool = (threads, onDeath) => {
      const pool = startPool(threads, onDeath);
      return {
        close: pool.close,
        async run(message) {
          const run = message.asks.length > 0 ? runs.push(message.asks.length) : 0;
          if (run === 0 || !dies(message, run)) return pool.run(message);
          onDeath(new Error('worker exited with code: 1'));
          throw new ThreadDied('worker exited with code: 1');
        },
      };
    };
    return { runs, start };
  }

  async function withThreads<T>(
    dies: (message: BatchMessage, run: number) => boolean,
    use: (asked: (index: number) => Promise<Prediction[]>, deaths: readonly Error[]) => Promise<T>,
  ): Promise<T> {
    const deaths: Error[] = [];
    const { start } = mortal(dies);
    const batch = { maxSize: 8, maxDelayMs: 0, maxQueue: 100 };
    const events = { threadDied: (error: Error) => deaths.push(error) };
    const engine = startEngine({ threads: 1, inlineJobs: 0, providers: ['cpu'], batch, events }, start);
    try {
      const served = await engine.open(await readBundle(modelPath));
      return await use(async (index) => {
        const { value } = await served.answer(input(index), bare);
        return parsed(value);
      }, deaths);
    } finally {
      await engine.close();
    }
  }

  it('loses nothing: its jobs are run once more', async () => {
    await withThreads(
      (_message, run) => run === 1,
      async (asked, deaths) => {
        const answers = (await Promise.all([0, 1, 2, 3].map(asked))).flat();
        expect(answers.map(({ label }) => label)).toEqual(['7', '2', '1', '0']);
        expect(deaths).toHaveLength(1);
      },
    );
  });

  it('is not followed by every other: a job that threads die of fails alone, after the second', async () => {
    const one = digits(2, 1).data.join();
    const deadly = ({ asks }: BatchMessage): boolean =>
      asks.some((ask) => ask.input.kind === 'tensor' && ask.input.tensor.data.join() === one);
    await withThreads(deadly, async (asked) => {
      const outcomes = await Promise.allSettled([0, 1, 2, 3].map(asked));
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true]);
      const reason = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
      expect(reason).toMatchObject({ code: 'inference_failed', message: expect.stringContaining('two threads ended') });
    });
  });
});
