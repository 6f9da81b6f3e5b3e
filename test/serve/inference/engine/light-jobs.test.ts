import { describe, expect, it } from 'vitest';
import type { BatchInput } from '../../../../serve/inference/batch-input.ts';
import { startEngine } from '../../../../serve/inference/engine/engine.ts';
import { UNOPENED } from '../../../../serve/inference/engine/messages.ts';
import { startPool } from '../../../../serve/inference/engine/pool.ts';
import type { ServedModel } from '../../../../serve/inference/served-model.ts';
import { readBundle } from '../../../../serve/models/bundle.ts';
import { expectClose } from '../../../helpers/close.ts';
import { digitPng, modelPath } from '../../fixtures.ts';
import { bare, input, parsed, pngInput, spoilt, whole } from './inputs.ts';

describe('light jobs', () => {
  const image = async (index: number): Promise<BatchInput> => pngInput(await digitPng(index));

  /** @param use gets how many inputs the threads have run */
  async function withEngine(
    options: { readonly inlineJobs?: number },
    use: (served: ServedModel, onThreads: () => number) => Promise<void>,
  ): Promise<void> {
    let count = 0;
    const counting: typeof startPool = (threads, onDeath) => {
      const pool = startPool(threads, onDeath);
      return {
        ...pool,
        run: async (message) => {
          count += message.asks.length;
          const reply = await pool.run(message);
          // measured, it depends on what else the machine does
          return reply !== UNOPENED && reply.ok ? { ...reply, milliseconds: 0.1 } : reply;
        },
      };
    };
    const batch = { maxSize: 8, maxDelayMs: 0, maxQueue: 100 };
    const engine = startEngine({ threads: 1, providers: ['cpu'], batch, ...options }, counting);
    try {
      await use(await engine.open(await readBundle(modelPath)), () => count);
    } finally {
      await engine.close();
    }
  }

  const logitsOf = (value: Uint8Array): number[][] => parsed(value).map(({ logits }) => logits);

  it('run on the event loop while they are few, beside it when there are many, with the same answers', async () => {
    await withEngine({}, async (served, onThreads) => {
      const alone: number[][] = [];
      for (let i = 0; i < 20; i++) alone.push(...logitsOf((await served.answer(await image(i), bare)).value));
      expect(onThreads()).toBe(0);
      const inputs = await Promise.all(Array.from({ length: 20 }, (_, i) => image(i)));
      const together = await Promise.all(inputs.map((one) => served.answer(one, bare)));
      expect(onThreads()).toBe(12);
      expectClose(
        together.flatMap(({ value }) => logitsOf(value)),
        alone,
        { absolute: 1e-4, relative: 1e-4 },
      );
    });
  });

  it('stay on the event loop however many they are, where it is told to take them all', async () => {
    await withEngine({ inlineJobs: Number.POSITIVE_INFINITY }, async (served, onThreads) => {
      const inputs = await Promise.all(Array.from({ length: 20 }, (_, i) => image(i)));
      await Promise.all(inputs.map((one) => served.answer(one, bare)));
      expect(onThreads()).toBe(0);
    });
  });

  it('are none where there is more to do: traversals, a figure, a large image, many inputs', async () => {
    await withEngine({}, async (served, onThreads) => {
      await served.answer(await image(0), { ...whole, explain: ['traversals'] });
      await served.figure(await image(0), { steps: 2, contrast: undefined });
      const large = new Uint8Array(256 * 256);
      const pixels = { kind: 'pixels', width: 256, height: 256, channels: 1, data: large } as const;
      await served.answer({ kind: 'images', images: [pixels], invert: 'auto' }, bare);
      await served.answer(input(0, 32), bare);
      expect(onThreads()).toBe(4);
      await served.tensors(input(0, 2), ['logits']);
      expect(onThreads()).toBe(4);
    });
  });

  it('are none where the configuration says so', async () => {
    await withEngine({ inlineJobs: 0 }, async (served, onThreads) => {
      await served.answer(input(0), bare);
      expect(onThreads()).toBe(1);
    });
  });

  it('fail alone too', async () => {
    await withEngine({}, async (served, onThreads) => {
      const outcomes = await Promise.allSettled([input(0), spoilt(), input(1)].map((one) => served.answer(one, bare)));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(onThreads()).toBe(0);
    });
  });
});
