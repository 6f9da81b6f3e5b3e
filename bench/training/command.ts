import { Command, Option } from 'commander';
import { machineLines } from '../machine.ts';
import { count, positive, share, someOf, weight, whole } from '../options.ts';
import { runProgram } from '../program.ts';
import { type Lane, lanesOf } from './lanes.ts';
import { type Backend, backends, estimatorsOf, flagsOf, type Task, type Training } from './protocol.ts';
import { type Listener, measureRounds } from './rounds.ts';
import { rowsOf } from './rows.ts';
import { runLane } from './run-lane.ts';
import { tableOf } from './table.ts';

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
  readonly seed: number;
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
  onReport: ({ backend, estimator }, report, round) => {
    const found =
      report.kind === 'steps'
        ? `${report.stepMilliseconds.map((time) => time.toFixed(0)).join(' ')} ms`
        : `accuracy ${report.accuracy.toFixed(4)} after ${report.stepsTaken} steps`;
    say(`round ${round + 1} of ${rounds}, ${backend} ${estimator}: ${found}`);
  },
});

async function bench(flags: Flags): Promise<void> {
  const { batch, lr, ownLr = lr, robustness, seed, rounds, untilAccuracy: target } = flags;
  const trainingOf = ({ backend }: Lane): Training => {
    return { batch, learningRate: backend === 'pytorch' ? lr : ownLr, robustness, seed };
  };
  const { onMissing, onReport } = listener(rounds);
  const run = (task: Task) => (lane: Lane) => runLane(lane, flagsOf(task, trainingOf(lane)));
  const lanes = await lanesOf(flags, process.env, onMissing);
  machineLines().forEach(say);

  const stepsTask: Task = { kind: 'steps', warmUp: flags.warmUp, steps: flags.steps };
  const measurements = await measureRounds(lanes, rounds, run(stepsTask), { onMissing, onReport });

  const seconds = new Map<(typeof lanes)[number], number | null>();
  if (target !== undefined) {
    const { evaluateEvery, maxSteps } = flags;
    const timeLane = run({ kind: 'accuracy', target, evaluateEvery, maxSteps });
    for (const { lane } of measurements) {
      const report = await timeLane(lane);
      if (report.kind !== 'accuracy') throw new Error(`${lane.backend} ${lane.estimator}: reports ${report.kind}`);
      seconds.set(lane, report.secondsToAccuracy);
      onReport(lane, report, 0);
    }
  }

  const learningRateOf = (lane: Lane): number => trainingOf(lane).learningRate;
  const rows = rowsOf(measurements, { batch, learningRateOf }, seconds);
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
  .option('--robustness <weight>', 'λ', weight, 1e-4)
  .option('--seed <n>', 'of the weights and batches', whole, 1)
  .option('--until-accuracy <share>', 'also the seconds until this share of 6,000 held-out images is right', share)
  .option('--evaluate-every <n>', 'steps between two looks at it, which are not timed', count, 90)
  .option('--max-steps <n>', 'where to give it up', count, 5_400)
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

await runProgram(program);
