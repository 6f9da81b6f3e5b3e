import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SennError } from '../core/errors.ts';
import type { WrittenFile } from './write-model.ts';

interface Options {
  readonly out: string;
  readonly opset?: number;
  readonly layout?: 'NCHW' | 'NHWC';
  readonly json?: true;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}

/** A run folder becomes a model folder; a `model.json` becomes one `.onnx` file. */
async function exportTo(source: string, { out, opset, layout }: Options): Promise<WrittenFile[]> {
  const [fromFile, toFile] = [source.endsWith('.json'), out.endsWith('.onnx')];
  if (fromFile !== toFile) {
    throw new SennError(
      'invalid_config',
      `export: "${source}" → "${out}"; choose RUN → models/NAME or MODEL.json → FILE.onnx`,
    );
  }
  if (fromFile) {
    const { exportLayersModel } = await import('./write-onnx.ts');
    const options = {
      ...(opset === undefined ? {} : { opset }),
      ...(layout === undefined ? {} : { imageLayout: layout }),
    };
    return [await exportLayersModel(source, out, options)];
  }
  if (opset !== undefined || layout !== undefined) {
    throw new SennError(
      'invalid_config',
      'export: --opset and --layout are for MODEL.json → FILE.onnx; a model folder has fixed ones',
    );
  }
  const { exportRun } = await import('./write-model.ts');
  const { folder, files } = await exportRun(source, out);
  return files.map(({ file, bytes }) => ({ file: join(folder, file), bytes }));
}

/** `senn export` */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write the ONNX graphs of a run as a model folder, or of any tfjs LayersModel as one file.')
    .argument('<run-or-model>', 'run folder of senn train, or the model.json of a tfjs LayersModel')
    .requiredOption('--out <path>', 'model folder (models/NAME), or FILE.onnx for a model.json')
    .option('--opset <number>', 'ONNX operator set of a FILE.onnx, 17 to 25 (default: 18)', wholeNumber)
    .addOption(
      new Option('--layout <layout>', 'how images enter and leave a FILE.onnx (default: NCHW)').choices([
        'NCHW',
        'NHWC',
      ]),
    )
    .option('--json', 'print one JSON object')
    .action(async (source: string, options: Options) => {
      const files = await exportTo(source, options);
      if (options.json) {
        console.log(JSON.stringify({ files }));
        return;
      }
      for (const { file, bytes } of files) console.log(`${file}  ${bytes.toLocaleString('en')} bytes`);
    });
}
