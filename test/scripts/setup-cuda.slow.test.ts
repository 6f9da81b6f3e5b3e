import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** The script in a checkout of its own, with stand-ins for npm, nvidia-smi and the run on CUDA. */

const root = fileURLToPath(new URL('../..', import.meta.url));

let server: Server;
let checkout: string;
let binaries: string;

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function standIn(name: string, script: string): Promise<void> {
  const path = join(checkout, 'bin', name);
  await write(path, `#!/usr/bin/env bash\n${script}\n`);
  await chmod(path, 0o755);
}

/** Everything under onnxruntime-node, but the log. */
async function contents(): Promise<Record<string, string>> {
  const folder = join(checkout, 'node_modules/onnxruntime-node');
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith('.log'));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path, 'utf8')])),
  );
}

/** What the stand-in for `npm rebuild` fetches before it succeeds or fails. */
const rebuild = (provider: string, end: string) =>
  standIn(
    'npm',
    `echo "$ONNXRUNTIME_NODE_INSTALL $*" >>${checkout}/npm-calls
     printf '${provider}' >${binaries}/libonnxruntime_providers_cuda.so; printf half >${binaries}/libonnxruntime.so.1; ${end}`,
  );

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function setup(args: readonly string[] = [], environment: Record<string, string> = {}): Promise<Outcome> {
  const { port } = server.address() as AddressInfo;
  const env = {
    ...process.env,
    PATH: `${join(checkout, 'bin')}:${process.env['PATH']}`,
    ONNXRUNTIME_NODE_NUGET_FEED: `http://127.0.0.1:${port}/`,
    ...environment,
  };
  return new Promise((resolve) => {
    execFile('bash', [join(checkout, 'scripts/setup-cuda.sh'), ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

const npmCalls = () => readFile(join(checkout, 'npm-calls'), 'utf8').catch(() => '');

beforeAll(async () => {
  server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => server.close());

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'setup-cuda-'));
  binaries = join(checkout, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
  await mkdir(join(checkout, 'scripts'));
  await cp(join(root, 'scripts/setup-cuda.sh'), join(checkout, 'scripts/setup-cuda.sh'));
  await write(join(binaries, 'libonnxruntime.so.1'), 'whole');
  await symlink(join(root, 'node_modules/tsx'), join(checkout, 'node_modules/tsx'));
  await write(
    join(checkout, 'scripts/golden-on.ts'),
    `import { existsSync, readFileSync } from 'node:fs';
     const provider = ${JSON.stringify(join(binaries, 'libonnxruntime_providers_cuda.so'))};
     const state = existsSync(provider) ? readFileSync(provider, 'utf8') : 'none';
     if (state !== 'works') { console.error('CUDA: ' + state); process.exit(1); }
     console.log(process.argv[3] + ' on ' + process.argv[2] + ': golden outputs');`,
  );
  await standIn('nvidia-smi', "echo 'NVIDIA H100, 550.54'");
  await standIn('uname', 'echo Linux x86_64');
  await rebuild('works', 'exit 0');
  return () => rm(checkout, { recursive: true });
});

describe.skipIf(process.platform === 'win32')('setup-cuda.sh', () => {
  it('says what is here, fetches the provider by its own script, and ends by the golden outputs on CUDA', async () => {
    const { code, output } = await setup();
    expect(output).toMatch(/GPU, driver: NVIDIA H100, 550\.54\n/);
    expect(output).toMatch(/installed .* node_modules\/onnxruntime-node\/.*\/libonnxruntime_providers_cuda\.so\n/);
    expect(output).toMatch(/models\/mnist-disenn on cuda: golden outputs\nsetup-cuda: CUDA is ready/);
    expect(code).toBe(0);
    expect(await npmCalls()).toBe(
      'true rebuild onnxruntime-node --ignore-scripts=false --dangerously-allow-all-scripts --foreground-scripts\n',
    );
    expect(Object.keys(await contents())).toHaveLength(2);
  });

  it('fetches nothing where CUDA works', async () => {
    await write(join(binaries, 'libonnxruntime_providers_cuda.so'), 'works');
    expect(await setup()).toMatchObject({ code: 0, output: expect.stringContaining('CUDA works already') });
    expect(await npmCalls()).toBe('');
    expect(await setup(['--force'])).toMatchObject({ code: 0, output: expect.stringContaining('CUDA is ready') });
    expect(await npmCalls()).not.toBe('');
  });

  it.each([
    ['fails', 'half', 'exit 1', /the fetch failed\. onnxruntime-node is as it was before/],
    ['ends, but CUDA does not run', 'broken', 'exit 0', /CUDA: broken\n.*does not run on CUDA\..*as it was before/s],
  ])('leaves onnxruntime-node as it was where the fetch %s', async (_, provider, end, message) => {
    const before = await contents();
    await rebuild(provider, end);
    const { code, output } = await setup();
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(await contents()).toEqual(before);
  });

  it('puts back what a run that was killed had set aside', async () => {
    const before = await contents();
    await cp(binaries, join(checkout, 'node_modules/onnxruntime-node/.before-setup/x64'), { recursive: true });
    await write(join(binaries, 'libonnxruntime.so.1'), 'half');
    await rebuild('broken', 'exit 1');
    await setup();
    expect(await contents()).toEqual(before);
  });

  it.each<[string, Record<string, string>, () => Promise<void>, RegExp]>([
    ['no GPU', {}, () => standIn('nvidia-smi', 'exit 9'), /no NVIDIA GPU here/],
    ['another system', {}, () => standIn('uname', 'echo Darwin arm64'), /made for Linux x64, this is Darwin arm64/],
    [
      'no way to the feed',
      { ONNXRUNTIME_NODE_NUGET_FEED: 'http://127.0.0.1:1/' },
      async () => {},
      /http:\/\/127\.0\.0\.1:1\/ cannot be reached/,
    ],
  ])('says that there is %s, and calls no npm', async (_, environment, prepare, message) => {
    await prepare();
    const before = await contents();
    const { code, output } = await setup([], environment);
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(await npmCalls()).toBe('');
    expect(await contents()).toEqual(before);
  });

  it('names the libraries that it does not find', async () => {
    await standIn('ldconfig', 'echo "  libcudart.so.12 (libc6,x86-64) => /cuda/libcudart.so.12"');
    const { output } = await setup();
    expect(output).toMatch(/ {2}\/cuda\/libcudart\.so\.12\n/);
    expect(output).toMatch(/not found: .*libcudnn\.so\.9/);
    expect(output).not.toMatch(/not found: .*libcudart/);
  });

  it('prints its usage, with exit code 2 for a flag it does not know', async () => {
    expect(await setup(['--help'])).toMatchObject({ code: 0, output: expect.stringContaining('--force') });
    expect(await setup(['--gpu'])).toMatchObject({ code: 2, output: expect.stringContaining('--force') });
  });
});
