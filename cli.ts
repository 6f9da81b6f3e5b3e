import { Command, CommanderError } from 'commander';
import { watchOutput } from './cli/lost-output.ts';
import { nearestPath, unreadable } from './cli/missing-path.ts';
import { tellUnknownOptionsFirst } from './cli/unknown-options.ts';
import { SennError } from './core/errors.ts';
import { importCommand } from './export/black-box/command.ts';
import { exportCommand } from './export/command.ts';
import { inspectCommand } from './export/inspect/command.ts';
import { explainCommand } from './serve/commands/explain/command.ts';
import { scoreCommand } from './serve/commands/score/command.ts';
import { serveCommand } from './serve/commands/serve/command.ts';
import { verifyCommand } from './serve/commands/verify/command.ts';
import { workerCommand } from './serve/commands/worker/command.ts';
import { packageInfo } from './serve/package-info.ts';
import { trainCommand } from './training/command.ts';
import { openScoringSource } from './training/datasets/scoring.ts';
import { experimentCommand } from './training/experiments/command.ts';
import { inFolder } from './training/files/make-folder.ts';
import { kindsCommand } from './training/kinds/command.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
const program = new Command('senn')
  .description('Self-explaining neural networks: train, export, serve and score.')
  .version(packageInfo().version)
  .addCommand(trainCommand())
  .addCommand(exportCommand())
  .addCommand(
    importCommand({ openSession: async () => (await import('./serve/inference/onnxruntime.ts')).openSession }),
  )
  .addCommand(inspectCommand())
  .addCommand(verifyCommand())
  .addCommand(serveCommand())
  .addCommand(explainCommand({ inFolder }))
  .addCommand(scoreCommand({ openSource: openScoringSource, inFolder }))
  .addCommand(workerCommand())
  .addCommand(kindsCommand())
  .addCommand(experimentCommand());

/** Whatever the verb, with `--json` an error is one JSON object on stderr. */
const json = process.argv.includes('--json');
for (const command of [program, ...program.commands]) {
  command.exitOverride();
  if (json) command.configureOutput({ writeErr: () => {} });
  tellUnknownOptionsFirst(command, process.argv.slice(command === program ? 2 : 3));
}

const checkOutput = watchOutput(process.stdout);
process.stderr.on('error', () => {}); // where nobody can be told, the exit code tells
// a server serves whether or not its ready line could be written
program.hook('postAction', (_program, command) => (command.name() === 'serve' ? undefined : checkOutput()));

function report(code: string, message: string, details: Readonly<Record<string, unknown>>): void {
  console.error(json ? JSON.stringify({ error: { code, message, details } }) : `senn: ${message}`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    if (json && error.exitCode !== 0) report('usage', error.message.replace(/^error: /, ''), {});
  } else if (error instanceof SennError) {
    const { path } = error.details;
    const missing = typeof path === 'string' && unreadable(path) ? path : undefined;
    const near = missing === undefined ? undefined : nearestPath(missing);
    // Whichever verb it was: what was asked for does not exist.
    process.exitCode = missing === undefined ? error.exitCode : 2;
    report(error.code, `${error.message}${near === undefined ? '' : `; did you mean ${near}?`}`, error.details);
  } else {
    process.exitCode = 1;
    if (json) report('internal', String(error), {});
    else console.error(error);
  }
}
