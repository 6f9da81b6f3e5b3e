import { type Command, Option as CommanderOption } from 'commander';
import { type Option, options } from './options.ts';

/** The options of the configuration as flags of a command: one commander option for each row of options.ts. */

const placeholders: Readonly<Record<Exclude<Option['kind'], 'boolean'>, string>> = {
  string: 'text',
  enum: 'name',
  number: 'n',
  array: 'list',
  union: 'n|list',
};

function help({ doc, shown }: Option): string {
  return `${doc} (default: ${shown.replaceAll('`', '')})`;
}

function optionsOf(option: Option & { readonly flag: string }): CommanderOption[] {
  const { flag, kind } = option;
  if (kind !== 'boolean') return [new CommanderOption(`${flag} <${placeholders[kind]}>`, help(option))];
  return [new CommanderOption(flag, help(option)), new CommanderOption(flag.replace('--', '--no-')).hideHelp()];
}

/** Gives the command every option of the server's configuration. @returns what was set, by flag */
export function addConfigFlags(command: Command): () => Record<string, unknown> {
  const byAttribute = new Map<string, string>();
  for (const option of options) {
    const { flag } = option;
    if (flag === undefined) continue;
    for (const made of optionsOf({ ...option, flag })) {
      byAttribute.set(made.attributeName(), flag);
      command.addOption(made);
    }
  }
  return () =>
    Object.fromEntries(
      Object.entries(command.opts()).flatMap(([attribute, value]) => {
        const flag = byAttribute.get(attribute);
        return flag === undefined ? [] : [[flag, value]];
      }),
    );
}
