import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { count, whole } from '../options.ts';
import { runProgram } from '../program.ts';
import { redisProgram } from './redis.ts';
import { trouble } from './trouble.ts';

/**
 * `npm run soak:queue`: a scoring job over a queue, two workers of which one is killed twenty times, a Redis that is
 * killed and comes back empty, a network that is cut for ten seconds; the report must be that of one process, byte for
 * byte apart from times.
 */

interface Flags {
  readonly kills: number;
  readonly inputs: number;
  readonly batch: number;
  readonly queries: number;
  readonly seed: number;
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function run({ kills, inputs, batch, queries, seed }: Flags): Promise<void> {
  const program = redisProgram();
  if (program === undefined) throw new Error('needs redis-server or valkey-server on the PATH');
  const generator = xoroshiro128plus(seed);
  const folder = await mkdtemp(join(tmpdir(), 'senn-soak-queue-'));
  try {
    const outcome = await trouble({
      program,
      folder,
      job: [
        ...['--model', 'models/compas-senn', '--data', 'compas:test', '--limit', String(inputs)],
        ...['--batch', String(batch), '--attributions', 'contributions,lime,kernel-shap,random'],
        ...['--queries', String(queries)],
      ],
      kills,
      restartAfter: Math.ceil(kills / 3),
      cutAfter: Math.ceil((2 * kills) / 3),
      random: () => uniformFloat64(generator),
      say,
    });
    const { different, rows, restarts, cuts, secondsAlone, secondsQueued, said } = outcome;
    say(said);
    if (different.length > 0) throw new Error(`${different.join(', ')} differ from those of one process`);
    console.log(
      `${rows} rows, each once, and the report of one process, after ${outcome.kills} kills, ${restarts} restart of Redis, ${cuts} cut: ${secondsQueued.toFixed(0)} s, undisturbed ${secondsAlone.toFixed(0)} s`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const program = new Command('soak:queue')
  .description('Scores over a queue whose workers, Redis and network fail, and compares the report.')
  .option('--kills <n>', 'how often a worker is killed', count, 20)
  .option('--inputs <n>', 'rows of compas:test', count, 1072)
  .option('--batch <n>', 'rows a batch', count, 4)
  .option('--queries <n>', 'rows that are asked about one, which make the job long', count, 40_000)
  .option('--seed <n>', 'of the times at which workers are killed', whole, 1)
  .action(run);

await runProgram(program);
