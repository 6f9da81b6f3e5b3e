import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InferenceSession } from 'onnxruntime-node';
import { afterEach, describe, expect, it } from 'vitest';
import type { RawTask } from '../../bench/serve/raw/protocol.ts';
import { modelPath, modelsDirectory, root } from '../serve/fixtures.ts';

/**
 * No program of ours leaves anything in the home and the temporary folder of its user. There ONNX Runtime keeps what its
 * telemetry sends; where it is on, a device's id and a database lie there as soon as a session is open.
 */

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

interface Program {
  readonly args: readonly string[];
  /** A line of its output that says it is up, where it does not end by itself. */
  readonly upAt?: RegExp;
  /** Of its environment, besides what every test has. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** On machines that set one of these ONNX Runtime sends nothing, so that a test there would pass whatever we did. */
const signsOfCi = [
  ...['CI', 'TF_BUILD', 'GITHUB_ACTIONS', 'GITLAB_CI', 'CIRCLECI', 'TRAVIS', 'JENKINS_URL', 'CODEBUILD_BUILD_ID'],
  ...['BUILDKITE', 'TEAMCITY_VERSION', 'APPVEYOR', 'BITBUCKET_BUILD_NUMBER'],
];

/** What a program leaves behind, but for the cache of the TypeScript compiler. */
async function leftBy({ args, upAt, environment }: Program): Promise<string[]> {
  const [home, temporary] = await Promise.all(['home', 'tmp'].map((name) => mkdtemp(join(tmpdir(), `senn-${name}-`))));
  folders.push(home as string, temporary as string);
  const ours = ['ORT_DISABLE_TELEMETRY', ...signsOfCi];
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.includes(name)));
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...inherited, HOME: home, TMPDIR: temporary, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) if (upAt?.test(line)) child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  const files = await Promise.all([home, temporary].map((folder) => readdir(folder as string, { recursive: true })));
  return files.flat().filter((file) => !/^(tsx-|node-compile-cache)/.test(file));
}

const senn = join(root, 'bin', 'senn.js');
const serve = [senn, 'serve', '--models', modelsDirectory, '--port', '0', '--providers', 'cpu', '--log-level', 'warn'];
const raw: RawTask = { model: modelPath, threads: 1, batch: 1, decoded: 0, seconds: 0.1 };
const programs: Record<string, Program> = {
  verify: { args: [senn, 'verify', modelPath] },
  'serve, whose threads have sessions': { args: [...serve, '--threads', '2'], upAt: /^senn serves/ },
  'serve in two processes': { args: [...serve, '--processes', '2'], upAt: /^senn serves/ },
  'the benchmark of ONNX Runtime alone': {
    args: ['--import', 'tsx', join(root, 'bench/serve/raw/child.ts'), JSON.stringify(raw)],
  },
};

describe.skipIf(process.platform !== 'linux')('left in the home and the temporary folder', () => {
  it.each(Object.entries(programs))('nothing by %s', async (_, program) => {
    expect(await leftBy(program)).toEqual([]);
  });

  it('what ONNX Runtime leaves, where somebody switches it on', async () => {
    const { args } = programs['verify'] as Program;
    const left = await leftBy({ args, environment: { ORT_DISABLE_TELEMETRY: '0' } });
    expect(left.join('\n')).toMatch(/onnxruntime/);
  });

  it('nothing by a test', async () => {
    await (await InferenceSession.create(join(modelPath, 'model.onnx'))).release();
    expect(existsSync(join(tmpdir(), `mat-debug-${process.pid}.log`))).toBe(false);
  });
});
