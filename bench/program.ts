import { type Command, CommanderError } from 'commander';

/** Runs the program of a benchmark. Exit codes: 0 done, 1 failed, with the reason on standard error, 2 wrong usage. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.exitOverride().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else {
      process.exitCode = 1;
      process.stderr.write(`${program.name()}: ${(error as Error).message}\n`);
    }
  }
}
