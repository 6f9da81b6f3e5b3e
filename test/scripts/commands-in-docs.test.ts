import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { importCommand } from '../../export/black-box/command.ts';
import { exportCommand } from '../../export/command.ts';
import { inspectCommand } from '../../export/inspect/command.ts';
import { explainCommand } from '../../serve/commands/explain/command.ts';
import { scoreCommand } from '../../serve/commands/score/command.ts';
import { QUEUE_VARIABLES } from '../../serve/commands/score/queue/address.ts';
import { serveCommand } from '../../serve/commands/serve/command.ts';
import { verifyCommand } from '../../serve/commands/verify/command.ts';
import { workerCommand } from '../../serve/commands/worker/command.ts';
import { trainCommand } from '../../training/command.ts';
import { experimentCommand } from '../../training/experiments/command.ts';
import { kindsCommand } from '../../training/kinds/command.ts';

/** The commands that README and docs show, in shells and in YAML, have options that there are; the YAML hangs together. */

const nobody = async (): Promise<never> => {
  throw new Error('not called');
};
const verbs = new Map<string, Command>(
  [
    trainCommand(),
    exportCommand(),
    importCommand({ openSession: nobody }),
    inspectCommand(),
    verifyCommand(),
    serveCommand(),
    explainCommand({ inFolder: nobody }),
    scoreCommand({ openSource: nobody, inFolder: nobody }),
    workerCommand(),
    kindsCommand(),
    experimentCommand(),
  ].map((command) => [command.name(), command]),
);

const root = join(import.meta.dirname, '../..');
const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const fenced = (file: string, languages: string): string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      new RegExp(`^\`\`\`(?:${languages})\\n([\\s\\S]*?)^\`\`\``, 'gm'),
    ),
  ].map(([, code]) => code as string);

/** Commands of a shell's text, each as its words; what is quoted is one word, whatever it is made by. */
function commandsIn(text: string): string[][] {
  const joined = text.replaceAll('\\\n', ' ').replace(/"\$\([^"]*\)"/g, 'made');
  const lines = joined.split(/\n|&&|\||;|\$\(/);
  return lines.flatMap((line) => {
    const words: readonly string[] = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
    const comment = words.findIndex((word) => word.startsWith('#'));
    const begin = words.indexOf('senn');
    return begin < 0 || (comment >= 0 && comment < begin)
      ? []
      : [words.slice(begin + 1, comment < 0 ? undefined : comment)];
  });
}

/** What is wrong with the options of a command. */
function faultsOf([verb = '', ...words]: readonly string[]): string[] {
  const command = verbs.get(verb);
  if (command === undefined) return verb.startsWith('-') || /^[A-Z…]/.test(verb) ? [] : [`no verb ${verb}`];
  return words.flatMap((word, i) => {
    const [flag, value] = word.split('=', 2);
    if (!/^--\w/.test(word)) return [];
    const option = command.options.find(({ long }) => long === flag);
    if (option === undefined) return flag === '--help' ? [] : [`${verb} has no ${flag}`];
    const next = value ?? words[i + 1];
    return option.required && (next === undefined || next.startsWith('--')) ? [`${verb} ${flag} needs a value`] : [];
  });
}

describe('commands in documents', () => {
  it('are found out where they are wrong', () => {
    const [command = []] = commandsIn('VAR=1 npx senn score --data "a b" \\\n --out x --limt 3 --metrics # --no');
    expect(command).toEqual(['score', '--data', '"a b"', '--out', 'x', '--limt', '3', '--metrics']);
    expect(faultsOf(command)).toEqual(['score has no --limt', 'score --metrics needs a value']);
    expect(faultsOf(['scores'])).toEqual(['no verb scores']);
  });

  it.each(documents.map((file) => [file]))('%s shows options that there are', (file) => {
    const commands = fenced(file, 'sh|bash|shell|console').flatMap(commandsIn);
    expect(commands.flatMap(faultsOf)).toEqual([]);
  });

  it('are there at all', () => {
    expect(documents.flatMap((file) => fenced(file, 'sh').flatMap(commandsIn)).length).toBeGreaterThan(20);
  });
});

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Every object within a value. */
const treesIn = (value: unknown): Tree[] =>
  Array.isArray(value)
    ? value.flatMap(treesIn)
    : isTree(value)
      ? [value, ...Object.values(value).flatMap(treesIn)]
      : [];

describe('YAML in documents', () => {
  const all = documents.flatMap((file) => fenced(file, 'ya?ml').flatMap((text) => parseAllDocuments(text)));
  const trees = all.flatMap((document) => treesIn(document.toJS()));

  it('is YAML', () => {
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(all.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  });

  it('shows options that there are', () => {
    const commands = trees.flatMap(({ command, args }) => [
      ...(typeof command === 'string' ? commandsIn(command) : []),
      ...(Array.isArray(args) && args[0] === 'senn' ? [args.slice(1).map(String)] : []),
    ]);
    expect(commands.map(([verb]) => verb).sort()).toEqual(['score', 'score', 'worker', 'worker']);
    expect(commands.flatMap(faultsOf)).toEqual([]);
  });

  it('sets variables that are read, and mounts volumes that there are', () => {
    const known: readonly unknown[] = Object.values(QUEUE_VARIABLES);
    for (const { environment, env } of trees) {
      const names = [...Object.keys(environment ?? {}), ...((env as { name: string }[]) ?? []).map(({ name }) => name)];
      for (const name of names) expect(known).toContain(name);
    }
    for (const { containers, volumes } of trees) {
      if (!Array.isArray(containers)) continue;
      const there = (volumes as { name: string }[]).map(({ name }) => name);
      const mounted = (containers as { volumeMounts: { name: string }[] }[]).flatMap((one) => one.volumeMounts);
      for (const { name } of mounted) expect(there).toContain(name);
    }
  });

  it('gives workers more time to end than they take', () => {
    const grace = Number(
      /default: (\d+)/.exec(
        verbs.get('worker')?.options.find(({ long }) => long === '--grace')?.description ?? '',
      )?.[1],
    );
    const given = trees.flatMap(({ stop_grace_period: compose, terminationGracePeriodSeconds: kubernetes }) =>
      [compose, kubernetes].flatMap((time) => (time === undefined ? [] : [Number.parseInt(String(time), 10)])),
    );
    expect(given).toHaveLength(2);
    for (const seconds of given) expect(seconds).toBeGreaterThan(grace);
  });
});
