import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { SennError } from '../../core/errors.ts';

/** `senn inspect`: what an `.onnx` file holds and costs, on the command line. */

interface Options {
  readonly json?: true;
}

/** `senn inspect` */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('Show what an ONNX file consists of: its shapes, operators, parameters and operations.')
    .argument('<file.onnx>', 'an ONNX model, of this exporter or any other')
    .option('--json', 'print one JSON object')
    .action(async (file: string, { json }: Options) => {
      const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
        throw new SennError('missing_data', `${file}: cannot be read (${cause.code})`, { path: file }, cause);
      });
      const [{ readOnnx }, { summarize }, { summaryText }] = await Promise.all([
        import('../onnx/read-onnx.ts'),
        import('./summary.ts'),
        import('./table.ts'),
      ]);
      const summary = summarize(readOnnx(bytes, file));
      console.log(json ? JSON.stringify({ file, bytes: bytes.length, ...summary }) : summaryText(summary));
    });
}
