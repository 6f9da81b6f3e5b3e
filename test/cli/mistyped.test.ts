import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { nearestPath, unreadable } from '../../cli/missing-path.ts';
import { tellUnknownOptionsFirst } from '../../cli/unknown-options.ts';

/** What the command says of options and paths that are nearly right. */

const root = mkdtempSync(join(tmpdir(), 'senn-cli-'));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'models/mnist-disenn'), { recursive: true });
writeFileSync(join(root, 'models/mnist-disenn/model.onnx'), '');

/** The error of a command with one required option. */
function errorOf(...args: string[]): string {
  let said = '';
  const command = new Command('train')
    .requiredOption('--config <file>')
    .option('--resume')
    .argument('[name]')
    .exitOverride()
    .configureOutput({
      writeErr: (text) => {
        said += text;
      },
    })
    .action(() => undefined);
  tellUnknownOptionsFirst(command, args);
  try {
    command.parse(args, { from: 'user' });
  } catch {
    return said;
  }
  return 'no error';
}

describe('a mistyped option', () => {
  it.each([
    [['--cofnig', 'run.json'], "error: unknown option '--cofnig'\n(Did you mean --config?)\n"],
    [['--cofnig=run.json'], "error: unknown option '--cofnig'\n(Did you mean --config?)\n"],
    [['--config', 'run.json', '--resum'], "error: unknown option '--resum'\n(Did you mean --resume?)\n"],
    [['--resume'], "error: required option '--config <file>' not specified\n"],
    [['--', '--cofnig'], "error: required option '--config <file>' not specified\n"],
    [['--config', 'run.json'], 'no error'],
  ])('%j is told as what it is', (args, message) => {
    expect(errorOf(...args)).toBe(message);
  });
});

describe('a mistyped path', () => {
  it.each([
    ['models/mnist-dissen', 'models/mnist-disenn'],
    ['models/mnist-dissen/manifest.json', 'models/mnist-disenn'],
    ['modles/mnist-disenn', 'models'],
    ['models/mnist-disenn/modle.onnx', 'models/mnist-disenn/model.onnx'],
    ['models/other', undefined],
    ['models/mnist-disenn', undefined],
  ])('%s → %s', (path, near) => {
    expect(nearestPath(join(root, path))).toBe(near && join(root, near));
  });

  it('is unreadable, and so is a file with something in it', () => {
    expect(
      ['models', 'models/x', 'models/mnist-disenn/model.onnx/x'].map((path) => unreadable(join(root, path))),
    ).toEqual([false, true, true]);
  });
});

describe('every verb', () => {
  const senn = join(import.meta.dirname, '../../bin/senn.js');
  const out = ['--out', join(root, 'out')];
  const shipped = join(import.meta.dirname, '../../models/mnist-disenn');
  it.each([
    [['inspect', 'models/mnist-dissen/model.onnx'], 'models/mnist-disenn'],
    [['verify', 'models/mnist-dissen'], 'models/mnist-disenn'],
    [['explain', '--model', 'models/mnist-dissen', 'x.png', '--out', join(root, 'out.png')], 'models/mnist-disenn'],
    [['score', '--model', 'models/mnist-dissen', '--data', 'mnist:test', ...out], 'models/mnist-disenn'],
    [['export', 'models/mnist-dissen', ...out], 'models/mnist-disenn'],
    [['train', '--config', 'modle.json', ...out], undefined],
    [['serve', '--models', 'modles'], 'models'],
    [['serve', '--config', 'modles.json'], undefined],
    [['serve', '--models', 'models', '--api-keys-file', 'modles/keys'], 'models'],
  ])(
    '%j ends with 2, and names what is near',
    async (args, near) => {
      const error = await promisify(execFile)(process.execPath, [senn, ...args], { cwd: root }).catch((cause) => cause);
      expect([error.code, error.stderr]).toEqual([2, expect.stringMatching(/cannot be read \(ENOENT\)/)]);
      if (near !== undefined) expect(error.stderr).toContain(`; did you mean ${near}?`);
    },
    60_000,
  );

  it.each([
    [['inspect', 'models']],
    [['train', '--config', 'models', ...out]],
    [['serve', '--config', 'models']],
    [['serve', '--models', 'models', '--admin-keys-file', 'models']],
    [['explain', '--model', shipped, 'models', '--out', join(root, 'out.png')]],
  ])(
    '%j ends with 2 for a folder in the place of a file',
    async (args) => {
      const error = await promisify(execFile)(process.execPath, [senn, ...args], { cwd: root }).catch((cause) => cause);
      expect([error.code, error.stderr]).toEqual([
        2,
        expect.stringMatching(/models: (keys )?cannot be read \(EISDIR\)/),
      ]);
    },
    60_000,
  );
});
