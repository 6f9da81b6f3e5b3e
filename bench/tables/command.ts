import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { rowOf } from '../../core/tensor.ts';
import { percent } from '../../core/text/format.ts';
import { startBackend } from '../../training/backends/index.ts';
import type { Config } from '../../training/config/config.ts';
import { readConfig } from '../../training/config/config-file.ts';
import { loadDataset, type Split } from '../../training/datasets/index.ts';
import { crossValidation, withFold } from '../../training/experiments/cross-validation.ts';
import { inOrder } from '../../training/loop/batches.ts';
import { count, wholes } from '../options.ts';
import { runProgram } from '../program.ts';
import { mean } from '../statistics.ts';

/**
 * `npm run bench:tables`: models of tables beside scikit-learn's gradient boosting, on the same folds: each row is a test
 * row once. Ours are trained by the experiment `cross-validation`, which keeps its runs, so that a second call goes on.
 */

interface Flags {
  readonly config: string[];
  readonly folds: number;
  readonly seeds: number[];
  readonly out: string;
  readonly json: boolean;
}

const here = import.meta.dirname;

/** The interpreter that `scripts/setup-python.sh` made, or `SENN_PYTHON`. @throws where scikit-learn is missing */
async function pythonWithSklearn(): Promise<string> {
  const python = process.env['SENN_PYTHON'] ?? join(here, '../../.venv/bin/python');
  await promisify(execFile)(python, ['-c', 'import sklearn']).catch(() => {
    throw new Error(`${python} has no scikit-learn; "${python} -m pip install scikit-learn" gets it`);
  });
  return python;
}

function tableOf({ shape, labels, gather }: Split) {
  const inputs = { shape, data: gather(inOrder(labels.length)) };
  return { rows: Array.from(labels, (_, n) => Array.from(rowOf(inputs, n))), labels: Array.from(labels) };
}

/** Accuracies of the peer, one a fold. */
async function peerOn(python: string, path: string, config: Config, { folds, seeds }: Flags): Promise<number[]> {
  const child = spawn(python, [join(here, 'gradient_boosting.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const output = text(child.stdout); // read from the start, so that nothing of it is missed
  for (let fold = 0; fold < folds; fold++) {
    const { train, test } = await loadDataset(withFold(config, path, folds, fold).data);
    const split = { seed: seeds[0], train: tableOf(train), test: tableOf(test) };
    child.stdin.write(`${JSON.stringify(split)}\n`);
  }
  child.stdin.end();
  const answers = (await output).trim().split('\n').map(Number);
  if (answers.length !== folds) throw new Error(`the peer answered for ${answers.length} of ${folds} folds`);
  return answers;
}

async function bench(flags: Flags): Promise<void> {
  const python = await pythonWithSklearn();
  const backend = await startBackend('wasm');
  const rows = [];
  for (const path of flags.config) {
    const config = await readConfig(path);
    process.stderr.write(`${path}\n`);
    const { data } = await crossValidation.run({
      out: join(flags.out, config.name),
      backend,
      configs: [path],
      runs: [],
      lambdas: [],
      vary: [],
      seeds: flags.seeds,
      folds: flags.folds,
      png: false,
      signal: new AbortController().signal,
      onRun: () => {},
      onProgress: () => {},
    });
    const { runs } = data as { readonly runs: readonly { readonly metrics: Readonly<Record<string, number>> }[] };
    const ours = mean(runs.map(({ metrics }) => metrics['testAccuracy'] as number));
    rows.push({ model: config.name, ours, boosting: mean(await peerOn(python, path, config, flags)) });
  }
  if (flags.json) {
    console.log(JSON.stringify(rows));
    return;
  }
  console.log(`${'model'.padEnd(28)}${'ours'.padStart(8)}${'gradient boosting'.padStart(20)}`);
  for (const { model, ours, boosting } of rows) {
    console.log(`${model.padEnd(28)}${percent(ours).padStart(8)}${percent(boosting).padStart(20)}`);
  }
}

const program = new Command('bench:tables')
  .description("Accuracy of models of tables beside scikit-learn's gradient boosting, on the same folds")
  .requiredOption('--config <file...>', 'configurations of tables that we split ourselves')
  .option('--folds <n>', 'parts of which each is tested on once', count, 5)
  .option('--seeds <list>', 'seeds of our runs; the peer takes the first', wholes, [1])
  .option('--out <dir>', 'folder of our runs', 'experiments/tables')
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

await runProgram(program);
