import { Command, InvalidArgumentError, Option } from 'commander';
import type { InputShape } from './layers-model/inputs.ts';
import { opsets } from './onnx/opsets.ts';
import { type Request, targetOf, writeTarget } from './write/targets.ts';

/** The command line of `senn export`. */

interface Options extends Omit<Request, 'source' | 'imageLayout' | 'inputShapes'> {
  readonly layout?: 'NCHW' | 'NHWC';
  readonly inputShape?: readonly InputShape[];
  readonly json?: true;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('must be a whole number above 0.');
  return Number(text);
}

function batchSize(text: string): number | 'dynamic' {
  return text === 'dynamic' ? text : wholeNumber(text);
}

const nameList = (text: string): string[] => text.split(',').map((name) => name.trim());

/** `224,224,3` or `?,?,3`: the sizes of one input; once for each input of the model. */
function inputShape(text: string, before: readonly InputShape[] = []): InputShape[] {
  const sizes = text.split(',').map((size) => size.trim());
  if (!sizes.every((size) => /^([1-9]\d{0,8}|\?)$/.test(size))) {
    throw new InvalidArgumentError('must be whole numbers above 0, or ? for what stays open: 224,224,3.');
  }
  return [...before, sizes.map((size) => (size === '?' ? null : Number(size)))];
}

/** `key=value`, which may be given several times. */
function entry(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('must be KEY=VALUE.');
  return { ...before, [key]: value };
}

/** `senn export` */
export function exportCommand(): Command {
  return new Command('export')
    .description(
      'Write the ONNX graphs of a run as a model folder or a Triton model repository, or any tfjs LayersModel as one file.',
    )
    .argument('<run-or-model>', 'run folder of senn train, model folder, or the model.json of a tfjs LayersModel')
    .option('--out <path>', 'model folder (models/NAME) for a run, or FILE.onnx for a model.json')
    .option('--triton <folder>', 'Triton model repository, to which a run or a model folder is added')
    .option(
      '--concept-names <file>',
      'JSON file that names concepts: {"<index or name>": "<name>" or {"name": …, "phrase": …, "low": …, "high": …}}',
    )
    .option(
      '--gradients',
      'gradient.onnx beside the graphs of a model folder; of a model.json, its gradient in its place',
    )
    .option('--max-batch <number>', 'samples that Triton joins at most (default: 64)', wholeNumber)
    .optionsGroup('For FILE.onnx:')
    .option(
      '--opset <number>',
      `ONNX operator set, ${opsets.min} to ${opsets.max} (default: ${opsets.default})`,
      wholeNumber,
    )
    .addOption(new Option('--layout <layout>', 'how images enter and leave (default: NCHW)').choices(['NCHW', 'NHWC']))
    .option('--batch <number>', 'samples of a run, where that is fixed (default: dynamic)', batchSize)
    .option(
      '--input-shape <sizes>',
      'sizes without the batch where the model leaves them open, as 224,224,3; once for each input',
      inputShape,
    )
    .option('--input-names <list>', 'comma list, in the order of the model', nameList)
    .option('--output-names <list>', 'comma list, in the order of the model', nameList)
    .option('--name <name>', 'name of the graph')
    .option('--metadata <key=value>', 'an entry of the metadata; may be given several times', entry)
    .option('--fold-batch-normalization', 'take each one into the convolution or dense layer before it')
    .option('--external-data', 'weights in FILE.onnx.data (default: where one file would pass 2 GB)')
    .optionsGroup('Options:')
    .option('--json', 'print one JSON object')
    .action(async (source: string, { json, layout, inputShape: inputShapes, ...options }: Options) => {
      const request = {
        source,
        ...options,
        ...(layout !== undefined && { imageLayout: layout }),
        ...(inputShapes !== undefined && { inputShapes }),
      };
      const files = await writeTarget(targetOf(request));
      if (json) {
        console.log(JSON.stringify({ files }));
        return;
      }
      for (const { file, bytes } of files) console.log(`${file}  ${bytes.toLocaleString('en')} bytes`);
    });
}
