import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { runProgram } from '../program.ts';
import { median } from '../statistics.ts';
import { type Lane, lanes, type Measurement, measurementSchema } from './protocol.ts';

/**
 * `npm run bench:export`: what it takes to export a convolutional network of ten million parameters, in seconds and
 * in memory, to bytes, to a file, and to a file with its weights in another. Each in fresh processes.
 */

interface Flags {
  readonly parameters: number;
  readonly rounds: number;
  readonly json: boolean;
}

/** The goals of the exporter at ten million parameters. */
const GOAL = { seconds: 2, memoryRatio: 3 } as const;

const run = promisify(execFile);

async function measure(lane: Lane, parameters: number): Promise<Measurement> {
  const child = join(import.meta.dirname, 'child.ts');
  const args = ['--expose-gc', '--import', 'tsx', child, lane, String(parameters)];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 2 ** 24 });
  return measurementSchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) as string));
}

interface Row extends Measurement {
  readonly lane: Lane;
}

/** The median of each figure over the rounds, in which the lanes take turns. */
async function measureAll({ parameters, rounds }: Flags): Promise<Row[]> {
  const found: Record<Lane, Measurement[]> = { bytes: [], file: [], external: [] };
  for (let round = 0; round < rounds; round++) {
    for (const lane of lanes) found[lane].push(await measure(lane, parameters));
  }
  return lanes.map((lane) => ({
    ...(found[lane][0] as Measurement),
    lane,
    seconds: median(found[lane].map(({ seconds }) => seconds)),
    memoryRatio: median(found[lane].map(({ memoryRatio }) => memoryRatio)),
  }));
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function bench(flags: Flags): Promise<void> {
  const rows = await measureAll(flags);
  if (flags.json) {
    console.log(JSON.stringify({ parameters: flags.parameters, rounds: flags.rounds, goal: GOAL, rows }));
    return;
  }
  const [{ modelBytes }] = rows as [Row];
  console.log(`weights of ${megabytes(modelBytes)}; medians of ${flags.rounds} rounds, each in a fresh process\n`);
  console.log('lane       seconds   memory, in sizes of the model   written');
  for (const { lane, seconds, memoryRatio, bytes } of rows) {
    console.log(
      `${lane.padEnd(8)}   ${seconds.toFixed(2).padStart(7)}   ${memoryRatio.toFixed(2).padStart(29)}   ${megabytes(bytes)}`,
    );
  }
  console.log(`\ngoal at 10 million parameters: ${GOAL.seconds} s, ${GOAL.memoryRatio} sizes of the model`);
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('must be a whole number above 0.');
  return Number(text);
}

const program = new Command('bench:export')
  .description('Times the export of a convolutional network, and measures the memory that it takes.')
  .option('--parameters <n>', 'about so many weights', count, 10_000_000)
  .option('--rounds <n>', 'times that each is measured', count, 3)
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

await runProgram(program);
