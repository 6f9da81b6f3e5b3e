import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { serveCommand } from '../../../serve/commands/serve/command.ts';
import { addConfigFlags } from '../../../serve/config/index.ts';
import { options } from '../../../serve/config/options.ts';

describe('the flags', () => {
  function flagsOf(...args: string[]): Record<string, unknown> {
    const command = new Command('x').exitOverride();
    const given = addConfigFlags(command);
    command.parse(args, { from: 'user' });
    return given();
  }

  it('are those of the table, with a value or, for a switch, without', () => {
    const args = ['--default', 'a', '--batch-max-size', '8', '--watch', '--no-admin', '--cors-origins', '*'];
    expect(flagsOf(...args)).toEqual({
      '--default': 'a',
      '--batch-max-size': '8',
      '--watch': true,
      '--admin': false,
      '--cors-origins': '*',
    });
    expect(flagsOf()).toEqual({});
  });

  it('are all in the help, with their defaults, and no key is among them', () => {
    const help = serveCommand().helpInformation();
    for (const { flag } of options) if (flag !== undefined) expect(help).toContain(`  ${flag}`);
    expect(help).toMatch(/--port <n> +port to listen on; 0 for any free one\s+\(default:\s+8080\)/);
    expect(help).not.toMatch(/--(api|admin)-keys[ <]/);
  });
});

describe('senn serve --print-config', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('prints what a server would run with, and not its keys', async () => {
    vi.stubEnv('SENN_API_KEYS', '0123456789abcdef');
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    await serveCommand().parseAsync(['--print-config', '--port', '0', '--no-watch'], { from: 'user' });
    const printed = JSON.parse(String(print.mock.calls[0]?.[0])) as Record<string, unknown>;
    expect(printed).toMatchObject({ port: 0, watch: false, apiKeys: ['[redacted]'], batch: { maxSize: 32 } });
  });
});
