import { Command, InvalidArgumentError, Option } from 'commander';
import { SennError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import type { BackendChoice } from '../backends/index.ts';
import { interruption, progressWriter, toldMissing } from '../terminal.ts';
import { experimentDescriptions, experimentNames } from './names.ts';

/** `senn experiment`: one command for every experiment of the table. */

interface ExperimentFlags {
  readonly out: string;
  readonly config: string[];
  readonly run: string[];
  readonly lambdas: number[];
  readonly vary: string[];
  readonly seeds: number[];
  readonly folds: number;
  readonly backend: BackendChoice;
  readonly png: boolean;
  readonly json: boolean;
}

const collect = (value: string, earlier: string[]): string[] => [...earlier, value];

const numbers =
  (rule: string, fits: (value: number) => boolean) =>
  (text: string): number[] =>
    text.split(',').map((part) => {
      const value = Number(part);
      if (part.trim() === '' || !fits(value)) throw new InvalidArgumentError(`"${part}" must be ${rule}.`);
      return value;
    });

function folds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 2) throw new InvalidArgumentError('must be a whole number from 2 on.');
  return value;
}

export function experimentCommand(): Command {
  const list = Object.entries(experimentDescriptions).map(([name, text]) => `  ${name.padEnd(20)}${text}`);
  return new Command('experiment')
    .description('Train, measure and draw what the papers report; a sweep that was broken off goes on where it stood.')
    .argument('<name>', experimentNames.join(' | '))
    .requiredOption('--out <dir>', 'folder to write')
    .option('--config <file>', 'configuration to train; several times for several', collect, [])
    .option('--run <dir>', 'run folder to look at; several times for several', collect, [])
    .option(
      '--lambdas <list>',
      'weights of the robustness loss, as 0,1e-4,1',
      numbers('a number ≥ 0', (value) => value >= 0),
      [],
    )
    .option('--vary <name=list>', 'closed-vs-open: what the grid varies, as concepts=6,10; several times', collect, [])
    .option(
      '--seeds <list>',
      'seeds, as 1,2,3',
      numbers('a whole number ≥ 0', (value) => Number.isInteger(value) && value >= 0),
      [],
    )
    .option('--folds <n>', 'folds of a cross-validation', folds, 5)
    .addOption(
      new Option('--backend <name>', 'what runs TensorFlow.js')
        .choices(['auto', 'tfjs-node-gpu', 'tfjs-node', 'wasm'])
        .default('auto'),
    )
    .option('--png', 'also every figure as PNG', false)
    .option('--json', 'one JSON object on standard output when done', false)
    .addHelpText('after', `\nExperiments:\n${list.join('\n')}`)
    .action(async (name: string, { config, run, backend: choice, json, ...flags }: ExperimentFlags) => {
      const [{ experiments }, { startBackend }] = await Promise.all([
        import('./index.ts'),
        import('../backends/index.ts'),
      ]);
      const known = experimentNames.find((each) => each === name);
      if (known === undefined) {
        throw new SennError(
          'invalid_config',
          `unknown experiment "${name}"; choose ${experimentNames.join(', ')}${didYouMean(name, experimentNames)}`,
        );
      }
      const experiment = experiments[known];
      const given = { configs: config, runs: run };
      for (const need of experiment.needs) {
        if (given[need].length === 0) {
          throw new SennError('invalid_config', `experiment ${name}: needs --${need.slice(0, -1)}`);
        }
      }
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const missing: string[] = [];
      const backend = await startBackend(choice, (missed) => missing.push(missed));
      const findings = await experiment.run({
        ...flags,
        ...given,
        backend,
        signal: interruption(() => say('stopping after this step; the same command goes on')),
        onRun: (label, index, count) =>
          say(`run ${index + 1} of ${count}: ${label}, on ${backend}${toldMissing(missing)}`),
        onProgress: progressWriter(process.stderr),
      });
      if (json) {
        console.log(JSON.stringify({ experiment: name, backend, files: findings.files, results: findings.data }));
      } else {
        for (const line of findings.lines) console.log(line);
        console.log(`${findings.files.length} files in ${flags.out}`);
      }
    });
}
