import { availableParallelism, hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { SennError } from '../core/errors.ts';
import type { BackendChoice } from './backends/index.ts';
import { replaceFolder } from './files/folders.ts';
import type { EpochSummary } from './loop/progress.ts';
import { besideOf, workplaceOf } from './run/workplace.ts';
import { auditLines, duration, interruption, progressWriter, termsLine, toldMissing } from './terminal.ts';

/** `senn train`: from a configuration file to a run folder. What takes long to load is imported when it runs. */

interface TrainFlags {
  readonly config: string;
  readonly backend: BackendChoice;
  readonly out?: string;
  readonly tensorboard?: string;
  readonly resume: boolean;
  readonly overwrite: boolean;
  readonly printConfig: boolean;
  readonly json: boolean;
}

const REPORT_EVERY = 20;

function epochLine({ epoch, terms, validation }: EpochSummary): string {
  const figures = validation === undefined ? '' : `  validation accuracy ${(100 * validation.accuracy).toFixed(2)} %`;
  return `epoch ${epoch} done  ${termsLine(terms)}${figures}`;
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
    .option('--tensorboard <dir>', 'folder of the event files (default: tensorboard/<run> beside the run folder)')
    .option('--resume', 'go on from what a run that was broken off left in the run folder', false)
    .option(
      '--overwrite',
      'train anew where a run stands in the run folder, and replace it when the new one is done',
      false,
    )
    .option('--print-config', 'print the configuration with every default written out, and stop', false)
    .option('--json', 'one JSON object on standard output when done', false)
    .action(async (flags: TrainFlags) => {
      const [{ readConfigFile }, { startBackend }, { executeRun }, { scalarsOf }, { openEventLog }] = await Promise.all(
        [
          import('./config/config-file.ts'),
          import('./backends/index.ts'),
          import('./run/execute.ts'),
          import('./run/metrics-csv.ts'),
          import('./tensorboard/event-log.ts'),
        ],
      );
      const { config: path, backend: choice, out, tensorboard, resume, overwrite, printConfig, json } = flags;
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const { config, experiment, notes } = await readConfigFile(path);
      for (const note of notes) say(`${path}: ${note}`);
      if (printConfig) {
        console.log(JSON.stringify(config, null, 2));
        return;
      }
      if (experiment?.train === false) {
        throw new SennError('invalid_config', `${path}: says "train": false; there is nothing to train`);
      }
      const folder = out ?? join('runs', config.name);
      const beside = workplaceOf({ out: folder, resume, overwrite }) !== folder;
      const missing: string[] = [];
      const backend = await startBackend(choice, (name) => missing.push(name));
      say(
        `training ${config.name} on ${backend}, ${availableParallelism()} cores${toldMissing(missing)}; seed ${config.seed}; writing ${folder}`,
      );
      const events = tensorboard ?? join(dirname(folder), 'tensorboard', basename(folder));
      const logEvents = openEventLog({
        directory: beside ? besideOf(events) : events,
        resume,
        host: hostname(),
        now: () => Date.now() / 1000,
      });
      const now = () => performance.now() / 1000;
      const started = now();
      const record = await executeRun({
        config,
        backend,
        out: folder,
        resume,
        overwrite,
        signal: interruption(() => say(`stopping after this step; go on with --resume`)),
        now,
        reportEvery: REPORT_EVERY,
        onProgress: progressWriter(process.stderr),
        onAudit: (data) => say(`auditing the explanations on ${data}`),
        onEpoch: (summary) => {
          logEvents(summary.step, scalarsOf(summary));
          say(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${epochLine(summary)}`);
        },
      });
      if (beside) await replaceFolder(events, besideOf(events));
      const elapsedSeconds = now() - started;
      const { audit } = record;
      if (json) {
        console.log(JSON.stringify({ run: folder, backend, elapsedSeconds, metrics: record.metrics, audit }));
      } else {
        const accuracy = (100 * (record.metrics['testAccuracy'] as number)).toFixed(2);
        for (const line of auditLines(audit)) console.log(line);
        console.log(`${folder}: test accuracy ${accuracy} % on all test inputs, ${duration(elapsedSeconds)}`);
      }
    });
}
