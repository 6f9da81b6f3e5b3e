import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/**
 * The script in a checkout of its own, where the addon is a file that says whether it works, and npm, pip and
 * nvidia-smi are stand-ins: what it decides, and what it leaves behind.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const WORKS = 'works\n';

let server: Server;
let checkout: string;
let addon: string;

/** A stand-in on the PATH. */
async function standIn(name: string, script: string): Promise<void> {
  const path = join(checkout, 'bin', name);
  await writeFile(path, `#!/usr/bin/env bash\n${script}\n`);
  await chmod(path, 0o755);
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Everything in the addon's folder, but the log. */
async function contents(folder = addon): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith('.log'));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path, 'utf8')])),
  );
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function setup(args: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> {
  const { port } = server.address() as AddressInfo;
  const env = {
    ...process.env,
    PATH: `${join(checkout, 'bin')}:${process.env['PATH']}`,
    TFJS_NODE_BASE_URI: `http://127.0.0.1:${port}/`,
    ...environment,
  };
  return new Promise((resolve) => {
    execFile('bash', [join(checkout, 'scripts/setup-training.sh'), ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

/** What the stand-in for `npm rebuild` does before it succeeds or fails. */
const rebuild = (addonState: string, end: string) =>
  standIn(
    'npm',
    `echo called >>${checkout}/npm-calls; mkdir -p ${addon}/deps; printf '${addonState}' >${addon}/deps/state
     echo '{"half": true}' >${addon}/package.json; ${end}`,
  );

beforeAll(async () => {
  server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => server.close());

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'setup-training-'));
  addon = join(checkout, 'node_modules/@tensorflow/tfjs-node');
  await mkdir(join(checkout, 'bin'));
  await mkdir(join(checkout, 'scripts'));
  await cp(join(root, 'scripts/setup-training.sh'), join(checkout, 'scripts/setup-training.sh'));
  await mkdir(join(checkout, 'node_modules'));
  await symlink(join(root, 'node_modules/tsx'), join(checkout, 'node_modules/tsx'));
  await write(join(checkout, 'node_modules/@tensorflow/tfjs/package.json'), '{"version": "4.22.1"}\n');
  for (const name of ['tfjs-node', 'tfjs-node-gpu']) {
    const folder = join(checkout, 'node_modules/@tensorflow', name);
    await write(join(folder, 'package.json'), '{"half": false}\n');
    await write(join(folder, 'deps/state'), 'broken\n');
    await write(join(folder, 'lib/addon'), 'old\n');
  }
  await write(
    join(checkout, 'scripts/gradient-step.ts'),
    `import { readFileSync } from 'node:fs';
     const name = process.argv[2];
     const state = readFileSync(\`node_modules/@tensorflow/\${name}/deps/state\`, 'utf8');
     if (state !== ${JSON.stringify(WORKS)}) { console.error('does not start'); process.exit(1); }
     console.log(\`\${name}: a gradient step\`);`,
  );
  await standIn('nvidia-smi', 'exit 9');
  await standIn('python3', 'exit 1');
  await rebuild('broken\\n', 'exit 1');
  return () => rm(checkout, { recursive: true });
});

/** What the stand-in for `npm install` lays into the folder of its --prefix before it succeeds or fails. */
const install = (addonState: string, end: string) =>
  standIn(
    'npm',
    `echo "$@" >>${checkout}/npm-calls; for one in tfjs-node tfjs-node-gpu; do
       mkdir -p "$3/node_modules/@tensorflow/$one/node_modules/"{@tensorflow/tfjs,tar}  "$3/node_modules/@tensorflow/$one/deps"
       echo '{"new": true}' >"$3/node_modules/@tensorflow/$one/package.json"
       printf '${addonState}' >"$3/node_modules/@tensorflow/$one/deps/state"
     done; ${end}`,
  );

const npmCalls = () => readFile(join(checkout, 'npm-calls'), 'utf8').catch(() => '');

describe.skipIf(process.platform === 'win32')('setup-training.sh', () => {
  it('does nothing where the backend works, and ends by a gradient step', async () => {
    await write(join(addon, 'deps/state'), WORKS);
    const before = await contents();
    const { code, output } = await setup(['--cpu']);
    expect(output).toMatch(/tfjs-node: a gradient step\nsetup-training: tfjs-node works already; --force/);
    expect(code).toBe(0);
    expect(await contents()).toEqual(before);
    expect(await npmCalls()).toBe('');
  });

  it.each([
    ['--cpu', 'tfjs-node', 'tfjs-node-gpu'],
    ['--gpu', 'tfjs-node-gpu', 'tfjs-node'],
  ])(
    'installs the package where it is missing, %s, of the version of TensorFlow.js, and touches nothing else',
    async (flag, name, other) => {
      await standIn('nvidia-smi', "echo 'NVIDIA A100, 8.0'");
      await rm(join(checkout, 'node_modules/@tensorflow', name), { recursive: true });
      const others = join(checkout, 'node_modules/@tensorflow', other);
      const before = await contents(others);
      await install('works\\n', 'exit 0');
      expect(await setup([flag])).toMatchObject({ code: 0, output: expect.stringContaining(`${name} works already`) });
      const staged = join(checkout, 'node_modules/.setup-training');
      expect(await npmCalls()).toMatch(
        new RegExp(`^install --prefix ${staged} .*--ignore-scripts.* @tensorflow/${name}@4\\.22\\.1\n$`),
      );
      const installed = join(checkout, 'node_modules/@tensorflow', name);
      expect(await readFile(join(installed, 'package.json'), 'utf8')).toBe('{"new": true}\n');
      expect(await readdir(join(installed, 'node_modules'))).toEqual(['tar']); // TensorFlow.js is ours
      expect(await contents(others)).toEqual(before);
      expect((await readdir(join(checkout, 'node_modules'))).toSorted()).toEqual(['@tensorflow', 'tsx']);
    },
  );

  it('installs anew where an install failed halfway', async () => {
    await rm(addon, { recursive: true });
    await install('half\\n', 'exit 1');
    expect(await setup(['--cpu'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('npm could not install @tensorflow/tfjs-node@4.22.1'),
    });
    await install('works\\n', 'exit 0');
    expect(await setup(['--cpu'])).toMatchObject({ code: 0, output: expect.stringContaining('works already') });
  });

  it('asks for npm ci where not even that has run', async () => {
    await rm(join(checkout, 'node_modules/tsx'));
    expect(await setup(['--cpu'])).toMatchObject({ code: 1, output: expect.stringContaining('run npm ci first') });
    expect(await npmCalls()).toBe('');
  });

  it('installs the stock libtensorflow where it can be fetched', async () => {
    await rebuild('works\\n', 'exit 0');
    const { code, output } = await setup(['--cpu']);
    expect(output).toMatch(/tfjs-node: a gradient step\nsetup-training: tfjs-node is ready/);
    expect(code).toBe(0);
    expect(Object.keys(await contents()).toSorted()).toEqual(['/deps/state', '/package.json']);
  });

  it.each([
    ['fails', 'exit 1', '--cpu'],
    ['ends, but does not train', 'exit 0', '--cpu'],
    ['ends, but does not train, over one that works', 'exit 0', '--force'],
  ])('leaves the addon byte for byte as it was when the install script %s', async (_, end, flag) => {
    if (flag === '--force') await write(join(addon, 'deps/state'), WORKS);
    const before = await contents();
    await rebuild('broken\\n', end);
    const { code, output } = await setup(['--cpu', '--stock', flag]);
    expect(output).toContain('tfjs-node is as it was before');
    expect(code).toBe(1);
    expect(await npmCalls()).toBe('called\n');
    expect(await contents()).toEqual(before);
  });

  it('puts back what a run that was killed had set aside', async () => {
    const before = await contents();
    await write(join(addon, '.before-setup/deps/state'), WORKS);
    await write(join(addon, '.before-setup/package.json'), '{"half": false}\n');
    expect(await setup(['--cpu'])).toMatchObject({ code: 0 });
    const { '/lib/addon': _, ...others } = before;
    expect(await contents()).toEqual({ ...others, '/deps/state': WORKS });
  });

  it('goes on to the pip package, and says what that needs, where the host of the stock one cannot be reached', async () => {
    const { code, output } = await setup(['--cpu'], { TFJS_NODE_BASE_URI: 'http://127.0.0.1:1/', PYTHON: 'python3' });
    expect(output).toMatch(
      /stock: http:\/\/127\.0\.0\.1:1\/ cannot be reached\n.*pip: (needs Python 3\.10|is for Linux)/,
    );
    expect(code).toBe(1);
    expect(await npmCalls()).toBe('');
  });

  it('sets up the GPU where there is one, and not with the stock libtensorflow where that does not know it', async () => {
    await standIn('nvidia-smi', "echo 'NVIDIA H100, 9.0'");
    const { output } = await setup([], { PYTHON: 'python3' });
    expect(output).toMatch(/GPU: NVIDIA H100, 9\.0; setting up tfjs-node-gpu\n.*CUDA 11\.2.*compute capability.*9\.0/);
    expect(output).toContain('--cpu sets up tfjs-node instead');
    expect(await npmCalls()).toBe('');
  });

  it('tries the stock libtensorflow all the same when told to', async () => {
    await standIn('nvidia-smi', "echo 'NVIDIA H100, 9.0'");
    await setup(['--stock']);
    expect(await npmCalls()).toBe('called\n');
  });

  it('prints its usage, with exit code 2 for a flag it does not know', async () => {
    expect(await setup(['--help'])).toMatchObject({ code: 0, output: expect.stringContaining('--stock') });
    expect(await setup(['--cuda'])).toMatchObject({ code: 2, output: expect.stringContaining('--stock') });
  });
});
