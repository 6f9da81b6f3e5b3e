import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { BackendChoice } from './backends/index.ts';
import type { EpochSummary, Progress } from './train.ts';

interface TrainFlags {
  readonly config: string;
  readonly backend: BackendChoice;
  readonly out?: string;
  readonly resume: boolean;
  readonly json: boolean;
}

const REPORT_EVERY = 20;
const PLAIN_LINE_SECONDS = 15;

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

function termsLine(terms: Progress['terms']): string {
  return Object.entries(terms)
    .map(([term, value]) => `${term} ${value.toPrecision(4)}`)
    .join('  ');
}

function progressLine({ epoch, epochs, step, steps, terms, remainingSeconds }: Progress): string {
  return `epoch ${epoch}/${epochs}  step ${step}/${steps}  ${termsLine(terms)}  ${duration(remainingSeconds)} left`;
}

function epochLine({ epoch, terms, validation }: EpochSummary): string {
  const figures = validation === undefined ? '' : `  validation accuracy ${(100 * validation.accuracy).toFixed(2)} %`;
  return `epoch ${epoch} done  ${termsLine(terms)}${figures}`;
}

/** One line rewritten in place on a terminal; elsewhere a plain line now and then. */
function progressWriter(stream: NodeJS.WriteStream): (progress: Progress) => void {
  let lastLine = Number.NEGATIVE_INFINITY;
  return (progress) => {
    if (stream.isTTY) {
      stream.write(`\r\u001b[K${progressLine(progress)}`);
    } else if (progress.elapsedSeconds - lastLine >= PLAIN_LINE_SECONDS) {
      lastLine = progress.elapsedSeconds;
      stream.write(`${progressLine(progress)}\n`);
    }
  };
}

/** Aborts on the first SIGINT; a second one ends the process at once. */
function interruption(onInterrupt: () => void): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    onInterrupt();
    controller.abort();
  });
  return controller.signal;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('Train a self-explaining network and write a run folder.')
    .requiredOption('--config <file>', 'JSON configuration of the run')
    .addOption(
      new Option('--backend <name>', 'what runs TensorFlow.js')
        .choices(['auto', 'tfjs-node-gpu', 'tfjs-node', 'wasm'])
        .default('auto'),
    )
    .option('--out <dir>', 'run folder to write (default: runs/<name of the configuration>)')
    .option('--resume', 'go on from what a run that was broken off left in the run folder', false)
    .option('--json', 'one JSON object on standard output when done', false)
    .action(async ({ config: path, backend: choice, out, resume, json }: TrainFlags) => {
      const [{ readConfig }, { startBackend }, { executeRun }] = await Promise.all([
        import('./config.ts'),
        import('./backends/index.ts'),
        import('./execute.ts'),
      ]);
      const config = await readConfig(path);
      const folder = out ?? join('runs', config.name);
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const backend = await startBackend(choice, (reason) => say(`not available: ${reason}`));
      say(
        `training ${config.name} on ${backend}, ${availableParallelism()} cores; seed ${config.seed}; writing ${folder}`,
      );
      const now = () => performance.now() / 1000;
      const started = now();
      const record = await executeRun({
        config,
        backend,
        out: folder,
        resume,
        signal: interruption(() => say(`stopping after this step; go on with --resume`)),
        now,
        reportEvery: REPORT_EVERY,
        onProgress: progressWriter(process.stderr),
        onEpoch: (summary) => say(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${epochLine(summary)}`),
      });
      const elapsedSeconds = now() - started;
      if (json) {
        console.log(JSON.stringify({ run: folder, backend, elapsedSeconds, metrics: record.metrics }));
      } else {
        const accuracy = (100 * (record.metrics['testAccuracy'] as number)).toFixed(2);
        console.log(`${folder}: test accuracy ${accuracy} % on all test inputs, ${duration(elapsedSeconds)}`);
      }
    });
}
