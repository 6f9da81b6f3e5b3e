import type { Command } from 'commander';

/**
 * A mistyped option is told as that, with the nearest one: commander looks for required options first, and says of
 * `--cofnig run.json` that `--config` is missing.
 */

/** What commander calls where it has found an error; it has them, and does not declare them. */
interface Reporter {
  missingMandatoryOptionValue(option: unknown): void;
  unknownOption(flag: string): void;
}

/** The first long option that the command does not have. */
function unknownFlag(command: Command, args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const known = new Set(['--help', ...command.options.flatMap(({ long }) => long ?? [])]);
  return (end < 0 ? args : args.slice(0, end))
    .filter((arg) => /^--\w/.test(arg))
    .map((arg) => arg.split('=', 1)[0] as string)
    .find((flag) => !known.has(flag));
}

/** @param args what follows the name of the command on its line */
export function tellUnknownOptionsFirst(command: Command, args: readonly string[]): void {
  const reporter = command as unknown as Reporter;
  const missing = reporter.missingMandatoryOptionValue.bind(command);
  reporter.missingMandatoryOptionValue = (option) => {
    const flag = unknownFlag(command, args);
    if (flag !== undefined) reporter.unknownOption(flag);
    missing(option);
  };
}
