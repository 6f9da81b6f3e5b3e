import { Command } from 'commander';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { count, positive, share, whole } from '../../options.ts';
import { runProgram } from '../../program.ts';
import { digitPngs } from '../digits.ts';
import { buildIfStale } from '../servers/dist.ts';
import { models, root, startOurs } from '../servers/ours.ts';
import { exitOnSignals, residentBytesOf } from '../servers/processes.ts';
import { badCases } from './bad-cases.ts';
import { type Client, createClient } from './client.ts';
import { firstPass } from './first-pass.ts';
import { goodCases } from './good-cases.ts';
import { type Recorded, type SoakResult, soak } from './run.ts';

/**
 * `npm run soak:serve`: hundreds of thousands of requests of every kind to `senn serve`, every answer compared with the
 * one that was checked first, and the server's resident memory watched.
 */

interface Flags {
  readonly requests: number;
  readonly minutes: number;
  readonly concurrency: number;
  readonly warmUp: number;
  readonly limitMb: number;
  readonly window: number;
  readonly seed: number;
  readonly leak?: number | true;
  readonly json: boolean;
}

const MEGABYTE = 1e6;
const LEAK_BYTES = 65_536;
/** Milliseconds between two samples of the memory, and seconds between two lines about it. */
const EVERY = 500;
const LINES = 15;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(0);

/** The first answer to every case. @throws where one is wrong */
async function recordAll(client: Client): Promise<Recorded[]> {
  const [digit] = (await digitPngs(1)) as [Buffer];
  const cases = [...(await goodCases(models)), ...badCases(digit)];
  const pass = firstPass(models);
  const recorded: Recorded[] = [];
  try {
    for (const of of cases) {
      const golden = await client.send(of);
      const wrong = await pass.check(of, golden);
      if (wrong !== undefined) throw new Error(`first answer to ${of.name}: ${wrong}`);
      recorded.push({ of, golden });
    }
  } finally {
    await pass.close();
  }
  return recorded;
}

/** Indices below `size`, the same ones for the same seed. */
function chooser(seed: number, size: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformInt(generator, 0, size - 1);
}

function leakOf({ leak }: Flags): string[] {
  if (leak === undefined) return [];
  process.env['LEAK_BYTES'] = String(leak === true ? LEAK_BYTES : leak);
  return ['--import', new URL('leak.mjs', import.meta.url).href];
}

/** Why the soak failed, or `undefined`. */
function failureOf({ failure, memory }: SoakResult, limitMb: number): string | undefined {
  if (failure !== undefined) return failure;
  if (memory === undefined) return 'it ended before memory was measured; it needs a warm-up and a window';
  if (memory.flat) return undefined;
  return `resident memory rose by more than ${limitMb} MB after warm-up, between ${megabytes(memory.lowest)} and ${megabytes(memory.highest)} MB`;
}

async function run(flags: Flags): Promise<void> {
  await buildIfStale(root, say);
  const server = await startOurs('mnist-disenn', { processes: 1, nodeFlags: leakOf(flags) });
  const client = createClient(server.url, flags.concurrency);
  try {
    const cases = await recordAll(client);
    say(`${cases.length} kinds of request, whose first answers are right`);
    let told = 0;
    const result = await soak(cases, client, {
      ...flags,
      seconds: 60 * flags.minutes,
      limitBytes: flags.limitMb * MEGABYTE,
      every: EVERY,
      next: chooser(flags.seed, cases.length),
      residentBytes: () => residentBytesOf(server.pid),
      onProgress: (requests, seconds, bytes) => {
        if (seconds < told) return;
        told = seconds + LINES;
        say(`${seconds.toFixed(0)} s: ${requests} requests, ${megabytes(bytes)} MB`);
      },
    });
    const ended = await server.ended();
    const failure = ended ?? failureOf(result, flags.limitMb);
    report(result, failure, cases.length, flags);
  } finally {
    client.close();
    await server.stop();
  }
}

function report(result: SoakResult, failure: string | undefined, kinds: number, { json }: Flags): void {
  const { requests, seconds, memory } = result;
  if (json) console.log(JSON.stringify({ passed: failure === undefined, kinds, requests, seconds, memory, failure }));
  if (failure !== undefined)
    throw new Error(`failed after ${requests} requests in ${seconds.toFixed(0)} s: ${failure}`);
  if (!json && memory !== undefined) {
    const range = `${megabytes(memory.lowest)} – ${megabytes(memory.highest)} MB`;
    console.log(`${requests} requests of ${kinds} kinds in ${seconds.toFixed(0)} s: 0 wrong; ${range} after warm-up`);
  }
}

const program = new Command('soak:serve')
  .description('Sends the server requests of every kind, compares every answer, and watches its memory.')
  .option('--requests <n>', 'where it ends', count, 500_000)
  .option('--minutes <m>', 'where it ends, if that is sooner', positive, 20)
  .option('--concurrency <n>', 'connections', count, 16)
  .option('--warm-up <share>', 'share of it after which memory is to be flat', share, 0.1)
  .option('--limit-mb <mb>', 'how far memory may rise above what it was', positive, 100)
  .option('--window <n>', 'samples of the memory, two a second, whose median counts', count, 60)
  .option('--seed <n>', 'of the order of the requests', whole, 1)
  .option('--leak [bytes]', 'the server keeps so many bytes a request (65536): the soak must fail', count)
  .option('--json', 'one JSON object on standard output', false)
  .action(run);

exitOnSignals();
await runProgram(program);
