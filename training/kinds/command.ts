import { Command } from 'commander';

/** `senn kinds`: the kinds of model that can be trained, what each explains with, and its configuration. */
export function kindsCommand(): Command {
  return new Command('kinds')
    .description('List the kinds of model, what each explains with, and its configuration.')
    .option('--json', 'one JSON object on standard output, with the JSON schema of each configuration', false)
    .action(async ({ json }: { readonly json: boolean }) => {
      const { describeKinds, kindsText } = await import('./describe.ts');
      const kinds = describeKinds();
      process.stdout.write(json ? `${JSON.stringify({ kinds }, undefined, 2)}\n` : kindsText(kinds));
    });
}
