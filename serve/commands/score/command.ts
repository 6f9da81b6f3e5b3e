import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { attributionNames } from '../../../core/attributions/index.ts';
import { SennError } from '../../../core/errors.ts';
import { chooseMetrics, metricChoices } from '../../../core/metrics/choose.ts';
import { needsMet } from '../../../core/metrics/gather.ts';
import { reportOf } from '../../../core/metrics/report.ts';
import type { LoadScoringInputs } from '../../../core/metrics/scoring-set.ts';
import { batchSize } from '../../../core/tensor.ts';
import { type AtomicFile, openAtomicFile } from '../../atomic-file.ts';
import { sessionOpener } from '../../inference/onnxruntime.ts';
import { loadPredictor } from '../../models/model-folder.ts';
import { parseScoreOptions, type ScoreOptions } from './options.ts';
import { perInputLines } from './per-input.ts';
import { progressOn } from './progress.ts';
import { scoreDataSet } from './score-data-set.ts';
import { tableOf } from './table.ts';

/** `senn score` on the command line: options in, report and table out; what is computed is in score-data-set.ts. */

async function run(
  { model, data, metrics, attributions, queries, seed, limit, json }: ScoreOptions,
  loadInputs: LoadScoringInputs,
  out: AtomicFile,
  perInput: AtomicFile | undefined,
): Promise<void> {
  const start = performance.now();
  const predictor = await loadPredictor(model, sessionOpener({ intraOpNumThreads: availableParallelism() }));
  try {
    const { manifest } = predictor;
    const { input, classes } = manifest;
    const inputs = await loadInputs(data, { ...(limit === undefined ? {} : { limit }), input, classes });
    const count = batchSize(inputs.input);
    if (count === 0) throw new SennError('missing_data', `senn score: ${inputs.name} holds no inputs`);
    const chosen = chooseMetrics(metrics, needsMet(inputs), inputs.name);
    const asked = { metrics: chosen, attributions, queries, seed };
    const scored = await scoreDataSet(predictor, inputs, asked, progressOn(process.stderr));
    const elapsedSeconds = (performance.now() - start) / 1000;
    const header = { model: manifest.name, data: inputs.name, count, elapsedSeconds };
    const report = reportOf(header, scored.scores, scored.attributions);
    const text = JSON.stringify(report, null, 2);
    await perInput?.write(perInputLines(scored, inputs.labels));
    await out.write(`${text}\n`);
    await perInput?.commit();
    await out.commit();
    console.log(json ? text : tableOf(report));
  } finally {
    await predictor.close();
  }
}

/**
 * `senn score`: how good a model's explanations of a whole data set are.
 * Where the data sets come from is the caller's to say: serving knows none.
 */
export function scoreCommand({ loadInputs }: { loadInputs: LoadScoringInputs }): Command {
  return new Command('score')
    .description('Score the explanations of a data set.')
    .requiredOption('--model <folder>', 'model folder, for example models/mnist-disenn')
    .requiredOption('--data <set>', 'the set to score, for example mnist:test')
    .option(
      '--metrics <list>',
      `comma list of ${metricChoices.join(', ')} (all: those whose needs the set meets; default: paper)`,
    )
    .option('--attributions <list>', `also explanations side by side: comma list of ${attributionNames.join(', ')}`)
    .option('--queries <count>', 'rows that an attribution may ask the model about one input (default: its own number)')
    .option('--seed <number>', 'what every random choice of a metric comes from (default: 0)')
    .option('--limit <count>', 'score the first inputs only')
    .requiredOption('--out <file>', 'where the report goes, as JSON')
    .option('--per-input <file>', 'also one JSON line an input')
    .option('--json', 'print the report as JSON')
    .action(async (given: unknown) => {
      const options = parseScoreOptions(given);
      const files: AtomicFile[] = [];
      const openFile = async (path: string): Promise<AtomicFile> => {
        const file = await openAtomicFile(path);
        files.push(file);
        return file;
      };
      try {
        const out = await openFile(options.out);
        await run(
          options,
          loadInputs,
          out,
          options.perInput === undefined ? undefined : await openFile(options.perInput),
        );
      } finally {
        await Promise.all(files.map((file) => file.discard()));
      }
    });
}
