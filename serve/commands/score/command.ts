import { Command, Option } from 'commander';
import { attributionNames } from '../../../core/attributions/index.ts';
import { metricChoices } from '../../../core/metrics/choose.ts';
import type { OpenSource } from '../../../core/scoring/source.ts';
import { type AtomicFile, openAtomicFile } from '../../atomic-file.ts';
import type { InFolder } from '../explain/command.ts';
import { perInputFormats } from './folder/per-input.ts';
import { isFolder, parseScoreOptions } from './options.ts';
import { notesOn, progressOn, progressTo } from './progress.ts';
import { scoreSet } from './score.ts';
import { tableOf } from './table.ts';

/** `senn score` on the command line: options in, report and table out; what is computed is in score.ts. */

const more = (path: string, before: readonly string[] = []): string[] => [...before, path];

/**
 * `senn score`: how good a model's explanations of a whole data set are.
 * Where the data sets come from, and how folders are made, is the caller's to say.
 */
export function scoreCommand({ openSource, inFolder }: { openSource: OpenSource; inFolder: InFolder }): Command {
  return new Command('score')
    .description('Score the explanations of a data set.')
    .requiredOption(
      '--model <folder>',
      'model folder, as models/mnist-disenn; again for each to compare with the first',
      more,
    )
    .requiredOption('--data <set>', 'the set to score: SET:SPLIT, as mnist:test, a folder of images, or a file')
    .option(
      '--metrics <list>',
      `comma list of ${metricChoices.join(', ')} (all: those whose needs the set meets; default: paper)`,
    )
    .option('--attributions <list>', `also explanations side by side: comma list of ${attributionNames.join(', ')}`)
    .option('--queries <count>', 'rows that an attribution may ask the model about one input (default: its own number)')
    .option('--seed <number>', 'what every random choice of a metric comes from (default: 0)')
    .option('--limit <count>', 'score a sample: so many inputs, spread over the set, that the seed draws')
    .option('--first <count>', 'score the first inputs only')
    .requiredOption(
      '--out <name>',
      'folder for the report, made where it is not there; or FILE.json for its figures alone',
    )
    .option(
      '--per-input <file>',
      'a file of one JSON line an input, besides FILE.json or in another place than the folder',
    )
    .option(
      '--per-input-format <format>',
      `in the folder, of inputs.*: ${perInputFormats.join(', ')} (default: ndjson)`,
    )
    .option('--resume', 'go on with the job of the folder where it was broken off')
    .option(
      '--batch <count>',
      'inputs that go through a graph together; part of the job (default: 256, fewer of large ones)',
    )
    .option('--threads <count>', 'batches in work at a time; it changes no figure (default: cores; 32 with --queue)')
    .option('--queue <url>', 'have workers score it (senn worker): redis://HOST:PORT, or rediss://HOST:PORT with TLS')
    .option(
      '--models-from <url>',
      'with --queue: files of models that are there by their SHA-256 are not laid in the queue',
    )
    .option('--json', 'print the report as JSON')
    .addOption(new Option('--most <count>').hideHelp()) // these two are for servers: serve/jobs/score/child.ts
    .addOption(new Option('--job <name>').hideHelp())
    .action(async (given: unknown) => {
      const options = parseScoreOptions(given);
      const files: AtomicFile[] = [];
      const open = async (path: string): Promise<AtomicFile> => {
        const file = await openAtomicFile(path);
        files.push(file);
        return file;
      };
      try {
        const progress = options.job === undefined ? progressOn(process.stderr) : progressTo(process);
        const score = () => scoreSet(options, openSource, open, progress, notesOn(process.stderr));
        const report = await (isFolder(options.out) ? inFolder(options.out, score) : score());
        console.log(options.json ? JSON.stringify(report, null, 2) : tableOf(report));
      } finally {
        await Promise.all(files.map((file) => file.discard()));
      }
    });
}
