import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { machineLines } from '../machine.ts';
import { count, positive, someOf } from '../options.ts';
import { runProgram } from '../program.ts';
import { pathOf } from '../serve/cells.ts';
import { writeDigits } from '../serve/digits.ts';
import { type Generator, generatorNames, hasWrk, makeLoad } from '../serve/load/generators.ts';
import { buildIfStale } from '../serve/servers/dist.ts';
import { root, startOurs } from '../serve/servers/ours.ts';
import { exitOnSignals } from '../serve/servers/processes.ts';
import { aligned } from '../table.ts';
import { measureTurns } from '../turns.ts';
import { type Done, startJob } from './job.ts';
import { type Cost, costOf, type Turn, turns } from './turns.ts';

/**
 * `npm run bench:jobs`: what a scoring job costs those who ask for predictions meanwhile: the p99 of `/predict`, without a
 * job and with one, in turns. It fails where that more than doubles.
 */

interface Flags {
  readonly connections: number;
  readonly traversals: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly metrics: string;
  readonly threads: number;
  readonly most: number;
  readonly generator?: Generator;
  readonly json: boolean;
}

const MODEL = 'mnist-disenn';
const SET = 'mnist:test';
const BODIES = 64;
/** Seconds of load before the first turn: V8 compiles what runs often. */
const SETTLE = 10;

interface Row extends Cost {
  readonly traversals: string;
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const two = ({ without, with: beside }: Readonly<Record<Turn, number>>, digits: number): string =>
  `${without.toFixed(digits)} → ${beside.toFixed(digits)}`;

/** How much of the machine the job got. */
function toldOf(before: Done, after: Done, seconds: number): string {
  const [from, to] = [before.cpuSeconds, after.cpuSeconds];
  const cores = from === undefined || to === undefined ? '' : `took ${((to - from) / seconds).toFixed(2)} cores and `;
  return `${cores}went from ${before.progress} to ${after.progress}`;
}

const columns = [
  { title: 'traversals', cell: ({ traversals }: Row) => traversals, right: false },
  { title: 'requests/s', cell: ({ requestsPerSecond }: Row) => two(requestsPerSecond, 0), right: true },
  { title: 'p50 ms', cell: ({ p50Milliseconds }: Row) => two(p50Milliseconds, 1), right: true },
  { title: 'p99 ms', cell: ({ p99Milliseconds }: Row) => two(p99Milliseconds, 1), right: true },
  { title: 'p99 ratio', cell: ({ ratio }: Row) => ratio.toFixed(2), right: true },
  { title: 'of rounds', cell: ({ ratios }: Row) => ratios.map((one) => one.toFixed(2)).join('–'), right: true },
];

async function bench(flags: Flags): Promise<void> {
  const { connections, rounds, seconds, metrics, threads, most } = flags;
  const generator = flags.generator ?? ((await hasWrk()) ? 'wrk' : 'autocannon');
  await buildIfStale(root, say);
  for (const line of machineLines()) say(line);
  const folder = await mkdtemp(join(tmpdir(), 'senn-bench-jobs-'));
  const jobsFolder = join(folder, 'jobs');
  const jobs = ['--jobs-folder', jobsFolder, '--jobs-sets', SET, '--jobs-threads', String(threads)];
  const server = await startOurs(MODEL, { processes: 1, flags: jobs });
  try {
    const bodies = await writeDigits(folder, BODIES);
    const query = new URLSearchParams({ model: MODEL, set: SET, metrics }).toString();
    const rows: Row[] = [];
    for (const traversals of flags.traversals) {
      const url = server.url + pathOf({ traversals: traversals === 'with' });
      const load = { url, connections, bodies };
      await makeLoad(generator, { ...load, seconds: SETTLE });
      const samples = await measureTurns(turns, rounds, async (turn, round) => {
        const job = turn === 'with' ? await startJob(server.url, jobsFolder, query) : undefined;
        const before = await job?.done();
        const sample = await makeLoad(generator, { ...load, seconds });
        const after = await job?.done();
        await job?.stop();
        const done = before && after ? `; the job ${toldOf(before, after, sample.seconds)}` : '';
        const { p50Milliseconds: p50, p99Milliseconds: p99, requests } = sample;
        const rate = (requests / sample.seconds).toFixed(0);
        const told = `${rate} requests/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms${done}`;
        say(`round ${round + 1} of ${rounds}, ${traversals} traversals, ${turn} a job: ${told}`);
        return sample;
      });
      rows.push({ traversals, ...costOf(samples) });
    }
    if (flags.json) console.log(JSON.stringify({ rows }));
    else {
      const how = `/predict of ${MODEL} over ${connections} connections, without → with a job (${SET}, ${metrics}, ${threads} threads)`;
      console.log(`${how}; medians of ${rounds} rounds of ${seconds} s\n\n${aligned(columns, rows).join('\n')}`);
    }
    const worst = Math.max(...rows.map(({ ratio }) => ratio));
    if (worst > most) throw new Error(`p99 with a job is ${worst.toFixed(2)} times that without; at most ${most}`);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const kinds = ['without', 'with'];
const program = new Command('bench:jobs')
  .description('Measures what a scoring job costs the requests that are answered meanwhile.')
  .option('--connections <n>', 'of the load', count, 8)
  .addOption(new Option('--traversals <list>', 'comma list').argParser(someOf(kinds)).default(kinds))
  .option('--rounds <n>', 'times that each turn is measured', count, 5)
  .option('--seconds <s>', 'of load a turn', positive, 8)
  .option('--metrics <list>', 'of the job', 'all')
  .option('--threads <n>', 'of the job', count, 1)
  .option('--most <ratio>', 'p99 with a job over that without, at most', positive, 2)
  .addOption(
    new Option('--generator <name>', 'what makes the load (default: wrk where it is installed)').choices(
      generatorNames,
    ),
  )
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

exitOnSignals();
await runProgram(program);
