import { Command } from 'commander';
import type { Verification } from './verify.ts';

/** `senn verify`: digests, then the golden file in ONNX Runtime. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('Check the files of a model folder against its manifest, and ONNX Runtime against its golden outputs.')
    .argument('<model>', 'model folder, as models/mnist-disenn')
    .option('--json', 'print the checks as JSON')
    .action(async (path: string, { json = false }: { json?: boolean }) => {
      const [{ assertVerified, verifyModel }, { openSession }] = await Promise.all([
        import('./verify.ts'),
        import('../../inference/onnxruntime.ts'),
      ]);
      const verification = await verifyModel(path, openSession);
      console.log(json ? JSON.stringify(verification) : tableOf(verification));
      assertVerified(verification);
    });
}

function tableOf({ model, executionProvider, checks, unchecked }: Verification): string {
  const rows = [
    ['graph', 'output', 'max abs diff', 'of tolerance', ''],
    ...checks.map(({ graph, output, maxAbsoluteDifference, worstRatio, passed }) => {
      const share = `${(100 * worstRatio).toFixed(1)} %`;
      return [graph, output, maxAbsoluteDifference.toExponential(2), share, passed ? 'ok' : 'FAILED'];
    }),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const others = unchecked.map((graph) => `${graph}  opens; golden.json has no outputs of it`);
  return [`${model} on ${executionProvider}: digests ok`, ...lines, ...others].join('\n');
}
