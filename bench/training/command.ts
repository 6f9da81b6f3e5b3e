import { Command, Option } from 'commander';
import { machineLines } from '../machine.ts';
import { count, notNegative, positive, share, someOf, whole, wholes } from '../options.ts';
import { runProgram } from '../program.ts';
import { type Lane, lanesOf } from './lanes.ts';
import { type Backend, backends, estimatorsOf, flagsOf, type Schedule, schedules, type Task } from './protocol.ts';
import { type Listener, measureRounds } from './rounds.ts';
import { rowsOf } from './rows.ts';
import { runLane } from './run-lane.ts';
import { tableOf } from './table.ts';
import { measureToAccuracy } from './to-accuracy.ts';

/**
 * `npm run bench:training`: what a training step of the MNIST SENN of Alvarez-Melis & Jaakkola 2018 takes here, with
 * each backend and estimator of the robustness loss, and in PyTorch with its authors' C + K passes, in one run.
 */

interface Flags {
  readonly backends: readonly Backend[];
  readonly estimators: readonly string[];
  readonly rounds: number;
  readonly steps: number;
  readonly warmUp: number;
  readonly batch: number;
  readonly lr: number;
  readonly ownLr?: number;
  readonly robustness: number;
  readonly seeds: readonly [number, ...number[]];
  readonly schedule: Schedule;
  readonly untilAccuracy?: number;
  readonly evaluateEvery: number;
  readonly maxSteps: number;
  readonly json: boolean;
}

const allEstimators = [...new Set<string>(Object.values(estimatorsOf).flat())];

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const listener = (rounds: number): Listener => ({
  onMissing: (backend, reason) => say(`skipped: ${backend}: ${reason.replace(new RegExp(`^${backend}: `), '')}`),
  onReport: ({ backend, estimator }, { stepMilliseconds }, round) => {
    const times = stepMilliseconds.map((time) => time.toFixed(0)).join(' ');
    say(`round ${round + 1} of ${rounds}, ${backend} ${estimator}: ${times} ms`);
  },
});

async function bench(flags: Flags): Promise<void> {
  const { batch, lr, ownLr = lr, robustness, seeds, rounds, untilAccuracy: target } = flags;
  const learningRateOf = ({ backend }: Lane): number => (backend === 'pytorch' ? lr : ownLr);
  const run = (task: Task, lane: Lane, seed: number) =>
    runLane(lane, flagsOf(task, { batch, learningRate: learningRateOf(lane), robustness, seed }));
  const { onMissing, onReport } = listener(rounds);
  const lanes = await lanesOf(flags, process.env, onMissing);
  machineLines().forEach(say);

  const stepsTask: Task = { kind: 'steps', warmUp: flags.warmUp, steps: flags.steps };
  const timeLane = (lane: Lane) => run(stepsTask, lane, seeds[0]);
  const measurements = await measureRounds(lanes, rounds, timeLane, { onMissing, onReport });

  let toAccuracy: Awaited<ReturnType<typeof measureToAccuracy>> | undefined;
  if (target !== undefined) {
    const { evaluateEvery, maxSteps, schedule } = flags;
    const task: Task = { kind: 'accuracy', target, evaluateEvery, maxSteps, schedule };
    toAccuracy = await measureToAccuracy(
      measurements.map(({ lane }) => lane),
      seeds,
      target,
      (lane, seed) => run(task, lane, seed),
      ({ backend, estimator }, { accuracy, stepsTaken }, seed) => {
        say(`seed ${seed}, ${backend} ${estimator}: accuracy ${accuracy.toFixed(4)} after ${stepsTaken} steps`);
      },
    );
  }

  const rows = rowsOf(measurements, { batch, learningRateOf }, toAccuracy);
  if (flags.json) {
    console.log(JSON.stringify({ rows }));
  } else {
    const passes = `medians of ${rounds} rounds, each in a fresh process: ${flags.steps} steps after ${flags.warmUp} of warm-up`;
    console.log(`MNIST SENN, batch ${batch}; ${passes}\n\n${tableOf(rows, target)}`);
  }
}

const program = new Command('bench:training')
  .description('Times the training of the MNIST SENN with every backend that is installed, and in PyTorch.')
  .addOption(new Option('--backends <list>', 'comma list').argParser(someOf(backends)).default(backends))
  .addOption(new Option('--estimators <list>', 'comma list').argParser(someOf(allEstimators)).default(allEstimators))
  .option('--rounds <n>', 'times that each row is measured, in alternation', count, 5)
  .option('--steps <n>', 'timed steps of a round', count, 6)
  .option('--warm-up <n>', 'steps before them', whole, 5)
  .option('--batch <n>', 'images of a step', count, 200)
  .option('--lr <rate>', 'learning rate of Adam', positive, 2e-4)
  .option(
    '--own-lr <rate>',
    'another learning rate for the rows that are not PyTorch (default: that of --lr)',
    positive,
  )
  .option('--robustness <weight>', 'λ', notNegative, 1e-4)
  .option(
    '--seeds <list>',
    'of the weights and batches; a training to --until-accuracy each, the steps by the first',
    wholes,
    [1],
  )
  .option('--until-accuracy <share>', 'also the seconds until this share of 6,000 held-out images is right', share)
  .addOption(
    new Option('--schedule <kind>', 'of the learning rate in those trainings; cosine falls to 0 at --max-steps')
      .choices(schedules)
      .default('constant'),
  )
  .option('--evaluate-every <n>', 'steps between two looks at it, which are not timed', count, 90)
  .option('--max-steps <n>', 'where to give it up', count, 5_400)
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

await runProgram(program);
