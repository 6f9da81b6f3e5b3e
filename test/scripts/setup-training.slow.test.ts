import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentsOf, reachableHost, type SetupCheckout, setupCheckout, textOf, write } from './setup-checkout.ts';

/**
 * The script in a checkout of its own, where the addon is a file that says whether it works, and npm, pip and
 * nvidia-smi are stand-ins: what it decides, and what it leaves behind.
 */

const WORKS = 'works\n';

let host: Awaited<ReturnType<typeof reachableHost>>;
let setups: SetupCheckout;
let checkout: string;
let addon: string;

const setup = (args: readonly string[], environment: Record<string, string> = {}) =>
  setups.run(args, { TFJS_NODE_BASE_URI: host.url, ...environment });

/** What the stand-in for `npm rebuild` does before it succeeds or fails. */
const rebuild = (addonState: string, end: string) =>
  setups.standIn(
    'npm',
    `echo called >>${checkout}/npm-calls; mkdir -p ${addon}/deps; printf '${addonState}' >${addon}/deps/state
     echo '{"half": true}' >${addon}/package.json; ${end}`,
  );

beforeAll(async () => {
  host = await reachableHost();
});
afterAll(() => host.close());

beforeEach(async () => {
  setups = await setupCheckout('setup-training.sh');
  checkout = setups.folder;
  addon = join(checkout, 'node_modules/@tensorflow/tfjs-node');
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
  await setups.standIn('nvidia-smi', 'exit 9');
  await setups.standIn('python3', 'exit 1');
  await rebuild('broken\\n', 'exit 1');
  return () => setups.remove();
});

/** What the stand-in for `npm install` lays into the folder of its --prefix before it succeeds or fails. */
const install = (addonState: string, end: string) =>
  setups.standIn(
    'npm',
    `echo "$@" >>${checkout}/npm-calls; for one in tfjs-node tfjs-node-gpu; do
       mkdir -p "$3/node_modules/@tensorflow/$one/node_modules/"{@tensorflow/tfjs,tar}  "$3/node_modules/@tensorflow/$one/deps"
       echo '{"new": true}' >"$3/node_modules/@tensorflow/$one/package.json"
       printf '${addonState}' >"$3/node_modules/@tensorflow/$one/deps/state"
     done; ${end}`,
  );

const contents = (folder = addon) => contentsOf(folder);

const npmCalls = () => textOf(join(checkout, 'npm-calls'));

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
      await setups.standIn('nvidia-smi', "echo 'NVIDIA A100, 8.0'");
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
    await setups.standIn('nvidia-smi', "echo 'NVIDIA H100, 9.0'");
    const { output } = await setup([], { PYTHON: 'python3' });
    expect(output).toMatch(/GPU: NVIDIA H100, 9\.0; setting up tfjs-node-gpu\n.*CUDA 11\.2.*compute capability.*9\.0/);
    expect(output).toContain('--cpu sets up tfjs-node instead');
    expect(await npmCalls()).toBe('');
  });

  it('tries the stock libtensorflow all the same when told to', async () => {
    await setups.standIn('nvidia-smi', "echo 'NVIDIA H100, 9.0'");
    await setup(['--stock']);
    expect(await npmCalls()).toBe('called\n');
  });

  it('prints its usage, with exit code 2 for a flag it does not know', async () => {
    expect(await setup(['--help'])).toMatchObject({ code: 0, output: expect.stringContaining('--stock') });
    expect(await setup(['--cuda'])).toMatchObject({ code: 2, output: expect.stringContaining('--stock') });
  });
});
