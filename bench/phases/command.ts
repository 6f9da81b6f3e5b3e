import { Command } from 'commander';
import { startBackend } from '../../training/backends/index.ts';
import { readConfig } from '../../training/config/config-file.ts';
import { loadDataset } from '../../training/datasets/index.ts';
import { machineLines } from '../machine.ts';
import { count } from '../options.ts';
import { runProgram } from '../program.ts';
import { median } from '../statistics.ts';
import { aligned } from '../table.ts';
import { type Lane, lanesOf } from './lanes.ts';
import { openTwin } from './open.ts';

/**
 * `npm run bench:phases`: what a training step of each phase of a configuration takes, beside a step of the same networks
 * trained as in the papers. Steps are taken in turns, in one process, so that what else runs slows all of them alike.
 */

interface Flags {
  readonly config: string;
  readonly rounds: number;
  readonly steps: number;
  readonly json: boolean;
}

interface Row extends Pick<Lane, 'name' | 'share'> {
  readonly milliseconds: number;
  /** Of a step of the papers' loss. */
  readonly times: number;
}

/** Milliseconds of a step, the mean over some. */
function timed(lane: Lane, steps: number): number {
  const start = performance.now();
  for (let i = 0; i < steps; i++) lane.step();
  return (performance.now() - start) / steps;
}

/** The papers' lane comes first. */
function measure(lanes: readonly Lane[], { rounds, steps }: Flags): Row[] {
  const times = lanes.map((): number[] => []);
  for (const lane of lanes) timed(lane, 2); // what comes first compiles, and allocates
  for (let round = 0; round < rounds; round++) {
    for (const [i, lane] of lanes.entries()) times[i]?.push(timed(lane, steps));
  }
  const medians = times.map(median);
  return lanes.map(({ name, share }, i) => {
    const milliseconds = medians[i] as number;
    return { name, share, milliseconds, times: milliseconds / (medians[0] as number) };
  });
}

async function bench(flags: Flags): Promise<void> {
  await startBackend('auto');
  for (const line of machineLines()) process.stderr.write(`${line}\n`);
  const config = await readConfig(flags.config);
  const dataset = await loadDataset(config.data);
  const papers = lanesOf(openTwin(config), dataset, 'as in the papers').slice(-1);
  const rows = measure([...papers, ...lanesOf(config, dataset, config.name)], flags);
  const mean = rows.slice(1).reduce((sum, { share, times }) => sum + share * times, 0);
  if (flags.json) {
    console.log(JSON.stringify({ rows, mean }));
    return;
  }
  const table = aligned<Row>(
    [
      { title: 'steps', cell: ({ name }) => name, right: false },
      { title: 'share', cell: ({ share }) => `${(100 * share).toFixed(0)} %`, right: true },
      { title: 'ms a step', cell: ({ milliseconds }) => milliseconds.toFixed(0), right: true },
      { title: 'times', cell: ({ times }) => times.toFixed(2), right: true },
    ],
    rows,
  );
  console.log(table.join('\n'));
  console.log(`mean over the run: ${mean.toFixed(2)} times a step as in the papers`);
}

const program = new Command('bench:phases')
  .description('What a training step of each phase of a configuration takes, beside the same networks as in the papers')
  .option('--config <file>', 'configuration of a SENN or a DiSENN', 'configs/mnist-disenn.json')
  .option('--rounds <n>', 'turns of each', count, 12)
  .option('--steps <n>', 'steps in a turn', count, 2)
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

await runProgram(program);
