import { Command, CommanderError } from 'commander';
import { SennError } from './core/errors.ts';
import { exportCommand } from './export/command.ts';
import { serveCommand } from './serve/command.ts';
import { explainCommand } from './serve/explain/command.ts';
import { scoreCommand } from './serve/score/command.ts';
import { verifyCommand } from './serve/verify/command.ts';
import { trainCommand } from './training/command.ts';
import { loadScoringInputs } from './training/datasets/scoring.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
const program = new Command('senn')
  .description('Self-explaining neural networks: train, export, serve and score.')
  .addCommand(trainCommand())
  .addCommand(exportCommand())
  .addCommand(verifyCommand())
  .addCommand(serveCommand())
  .addCommand(explainCommand())
  .addCommand(scoreCommand({ loadInputs: loadScoringInputs }));

for (const command of [program, ...program.commands]) {
  command.exitOverride().configureHelp({ showGlobalOptions: true });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const known = error instanceof SennError;
    const json = process.argv.includes('--json');
    if (json) {
      const { code, message, details } = known
        ? error
        : { code: 'internal', message: String((error as Error)?.message ?? error), details: {} };
      console.error(JSON.stringify({ error: { code, message, details } }));
    } else {
      console.error(known ? `senn: ${error.message}` : error);
    }
    process.exitCode = known && error.code === 'invalid_config' ? 2 : 1;
  }
}
