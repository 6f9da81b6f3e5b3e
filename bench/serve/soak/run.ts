import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from './cases.ts';
import type { Answer, Client } from './client.ts';
import { differenceFrom } from './golden.ts';
import { memoryWatch, type Verdict } from './memory.ts';

/** The soak itself: many senders, one sampler of the server's memory, and the first failure ends it. */

export interface SoakOptions {
  /** The soak ends after so many requests or so many seconds, whichever comes first. */
  readonly requests: number;
  readonly seconds: number;
  readonly concurrency: number;
  /** Share of the requests, or of the time, after which memory is to be flat. */
  readonly warmUp: number;
  readonly limitBytes: number;
  /** Samples of the memory whose median counts. */
  readonly window: number;
  /** Milliseconds between two samples of the memory. */
  readonly every: number;
  /** Which case comes next, from 0 to one below their number. */
  readonly next: () => number;
  readonly residentBytes: () => Promise<number>;
  readonly onProgress: (requests: number, seconds: number, bytes: number) => void;
}

export interface SoakResult {
  readonly requests: number;
  readonly seconds: number;
  /** The first wrong answer, which ends the soak, or what else did. */
  readonly failure: string | undefined;
  readonly memory: Verdict | undefined;
}

/** A case with the answer that every further one is compared with. */
export interface Recorded {
  readonly of: Case;
  readonly golden: Answer;
}

/** Sends cases until it is enough, an answer is wrong, or memory has grown beyond the limit. */
export async function soak(cases: readonly Recorded[], client: Client, options: SoakOptions): Promise<SoakResult> {
  const { requests, seconds, warmUp, every, next, residentBytes, onProgress } = options;
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  const watch = memoryWatch(options.limitBytes, options.window);
  let [sent, done] = [0, 0];
  let failure: string | undefined;
  const grown = (): boolean => watch.verdict()?.flat === false;
  const goesOn = (): boolean => failure === undefined && !grown() && sent < requests && elapsed() < seconds;

  const sender = async (): Promise<void> => {
    while (goesOn()) {
      sent += 1;
      const { of, golden } = cases[next()] as Recorded;
      const difference = await client.send(of).then(
        (answer) => differenceFrom(golden, answer, of),
        (error: Error) => error.message,
      );
      if (difference !== undefined) failure ??= `${of.name}: ${difference}`;
      done += 1;
    }
  };
  const sample = async (): Promise<void> => {
    const bytes = await residentBytes();
    if (Math.max(done / requests, elapsed() / seconds) >= warmUp) watch.add(bytes);
    onProgress(done, elapsed(), bytes);
  };
  let over = false;
  const sampler = async (): Promise<void> => {
    while (!over) {
      await sample();
      await sleep(every);
    }
  };
  const samples = sampler().catch((error: Error) => {
    failure ??= `the server's memory cannot be read: ${error.message}`;
  });
  await Promise.all(Array.from({ length: options.concurrency }, sender));
  over = true;
  await samples;
  if (failure === undefined) await sample();
  return { requests: done, seconds: elapsed(), failure, memory: watch.verdict() };
}
