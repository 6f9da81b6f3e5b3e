import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type BackendChoice, startBackend } from '../../training/backends/index.ts';
import { loadDataset } from '../../training/datasets/index.ts';
import { groupBy } from '../../training/figures/statistics.ts';
import { writeWhole } from '../../training/files/folders.ts';
import { count, whole, wholes } from '../options.ts';
import { runProgram } from '../program.ts';
import { mean } from '../statistics.ts';
import { rowOf } from './figures.ts';
import { type Judged, judge } from './judge.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import { type Result, textOf } from './table.ts';

/**
 * `npm run bench:comparison`: the comparison of the SENN paper on our models. Each is trained by its configuration,
 * exported with its gradient, and its own explanations stand beside LIME's, SHAP's, gradients' and a random one of the same
 * predictions: faithful under both removals, and stable nearby. What is trained and judged stays in `--out`, and the same
 * command goes on where it was broken off.
 */

interface Flags {
  readonly config: string[];
  readonly model: string[];
  readonly open: boolean;
  readonly seeds: number[];
  readonly inputs: number;
  readonly near: number;
  readonly queries?: number;
  readonly seed: number;
  readonly backend: BackendChoice;
  readonly out: string;
  readonly json: boolean;
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Judges a model, or reads what was judged before of the same one in the same way. */
async function judged({ model, variant, seed: own, folder, data, digest }: Subject, flags: Flags): Promise<Judged> {
  const { inputs, near, queries, seed, out } = flags;
  const path = join(out, 'judged', `${model}_${variant}_${own}.json`);
  const key = JSON.stringify({ digest, inputs, near, queries, seed });
  const earlier = await readFile(path, 'utf8').catch(() => undefined);
  const known = earlier === undefined ? undefined : (JSON.parse(earlier) as { key: string; judged: Judged });
  if (known?.key === key) return known.judged;
  say(`explaining ${model}, ${variant}, seed ${own}`);
  const fresh = await judge(folder, await loadDataset(data), { inputs, near, queries, seed });
  await writeWhole(path, `${JSON.stringify({ key, judged: fresh })}\n`);
  return fresh;
}

async function bench(flags: Flags): Promise<void> {
  const { config: configs, model: models, seed } = flags;
  const backend = await startBackend(flags.backend);
  const subjects = await subjectsOf({ ...flags, configs, models, backend, say });
  const results: Result[] = [];
  for (const group of groupBy(subjects, ({ model, variant }) => `${model} ${variant}`)) {
    const [{ model, variant }] = group as [Subject, ...Subject[]];
    const all: Judged[] = [];
    for (const subject of group) all.push(await judged(subject, flags));
    const [{ count: explained, near }] = all as [Judged, ...Judged[]];
    const over = (metric: 'faithfulness' | 'faithfulness.input' | 'sensitivity' | 'lipschitz') =>
      rowOf(
        all.map((one) => one[metric]),
        seed,
      );
    results.push({
      model,
      variant,
      seeds: group.map((one) => one.seed),
      accuracy: mean(group.map(({ accuracy }) => accuracy)),
      count: explained,
      near,
      faithfulness: over('faithfulness'),
      'faithfulness.input': over('faithfulness.input'),
      sensitivity: over('sensitivity'),
      lipschitz: over('lipschitz'),
    });
  }
  const text = textOf(results);
  await writeWhole(join(flags.out, 'comparison.json'), `${JSON.stringify(results, null, 2)}\n`);
  await writeWhole(join(flags.out, 'comparison.md'), `${text}\n`);
  console.log(flags.json ? JSON.stringify(results) : text);
}

const program = new Command('bench:comparison')
  .description('Explanations by SENN, LIME, SHAP and gradients of the same predictions: faithful, and stable?')
  .option('--config <file...>', 'configurations to train', [])
  .option('--model <dir...>', 'model folders to take as they are', [])
  .option('--open', 'each configuration also with a θ that reads the input', false)
  .option('--seeds <list>', 'seeds of the trainings', wholes, [1])
  .option('--inputs <n>', 'test inputs that are explained, at most', count, 300)
  .option('--near <n>', 'of these, those whose explanations are held against near inputs’', count, 20)
  .option('--queries <n>', 'rows that an explanation may ask (default: its own number)', count)
  .option('--seed <n>', 'what every random choice of the comparison comes from', whole, 0)
  .option('--backend <name>', 'what trains: auto, tfjs-node-gpu, tfjs-node or wasm', 'auto')
  .option('--out <dir>', 'folder of what is trained and judged', 'runs/comparison')
  .option('--json', 'one JSON list on standard output', false)
  .action(bench);

await runProgram(program);
