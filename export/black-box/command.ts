import { Command, InvalidArgumentError, Option } from 'commander';
import type { OpenSession } from '../../core/session.ts';

import { type SingleNumber, singleNumbers } from './single.ts';

/** The command line of `senn import`; the work is in import-model.ts, loaded only when it is asked for. */

export interface ImportParts {
  /** What runs a graph. */
  readonly openSession: () => Promise<OpenSession>;
}

interface Flags {
  readonly out: string;
  readonly labels: string;
  readonly input: string;
  readonly features?: string[];
  readonly output?: string;
  readonly single?: SingleNumber;
  readonly modelVersion: string;
  readonly layout?: 'NCHW' | 'NHWC';
  readonly scale?: number;
  readonly mean?: number[];
  readonly std?: number[];
  readonly foreground?: 'light' | 'dark';
  readonly json?: true;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('must be a number.');
  return value;
}

function above0(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('must be above 0.');
  return value;
}

const listOf =
  <T>(one: (text: string) => T) =>
  (text: string): T[] =>
    text.split(',').map((part) => one(part.trim()));

/** `senn import` */
export function importCommand({ openSession }: ImportParts): Command {
  return new Command('import')
    .description('Write any ONNX classifier as a model folder: a black box, served and explained by attributions.')
    .argument('<model.onnx>', 'the file; weights that it keeps beside itself are taken into it')
    .requiredOption('--out <folder>', 'model folder, models/NAME; NAME is the name of the model')
    .requiredOption(
      '--labels <list|file>',
      'the classes in the order of the output: a comma list, or a file with one a line',
    )
    .requiredOption('--input <HxWxC|file.csv>', 'size of its images, or a CSV file whose header names its features')
    .option(
      '--features <list>',
      'columns of the CSV file that are the features, in the order of the model (default: all)',
      listOf(String),
    )
    .option('--output <name>', 'the output that has a number for each class, where several could')
    .addOption(
      new Option(
        '--single <what>',
        'what the number of a model is that gives one, of the second label (default: as the graph ends)',
      ).choices(singleNumbers),
    )
    .option('--model-version <version>', 'version of the model', '1')
    .optionsGroup('For images, which are [0, 1] until the graph is fed (scale · x − mean) / std:')
    .addOption(
      new Option('--layout <layout>', 'how the graph takes them (default: as its sizes say)').choices(['NCHW', 'NHWC']),
    )
    .option('--scale <number>', '255 where the graph takes bytes (default: 1)', above0)
    .option('--mean <list>', 'of each channel, or one for all (default: 0)', listOf(number))
    .option('--std <list>', 'of each channel, or one for all (default: 1)', listOf(above0))
    .addOption(new Option('--foreground <polarity>', 'what its images are strokes in').choices(['light', 'dark']))
    .optionsGroup('Options:')
    .option('--json', 'print one JSON object')
    .action(async (path: string, { json, modelVersion, std, ...flags }: Flags) => {
      const { importModel } = await import('./import-model.ts');
      const options = { ...flags, version: modelVersion, deviation: std };
      const { manifest, inlined } = await importModel(path, options, await openSession());
      const { name, version, classes, graphs, blackBox } = manifest;
      const gives = graphs.model?.outputs[0];
      if (json) {
        console.log(JSON.stringify({ folder: flags.out, name, version, gives, names: blackBox?.names, inlined }));
        return;
      }
      for (const file of inlined) console.log(`took in ${file}`);
      console.log(`${blackBox?.names.input} → ${blackBox?.names.output}: ${gives} of ${classes.length} classes`);
      console.log(`wrote ${flags.out}`);
    });
}
