import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentsOf, reachableHost, type SetupCheckout, setupCheckout, textOf, write } from './setup-checkout.ts';

/** The script in a checkout of its own, with stand-ins for nvidia-smi, the install script and the run on CUDA. */

let host: Awaited<ReturnType<typeof reachableHost>>;
let setups: SetupCheckout;
let checkout: string;
let binaries: string;

/** What the stand-in for onnxruntime-node's install script fetches before it succeeds or fails. */
const fetches = (provider: string, exitCode: number) =>
  write(
    join(checkout, 'node_modules/onnxruntime-node/script/install.js'),
    `const { appendFileSync, writeFileSync } = require('node:fs');
     appendFileSync('${checkout}/fetches', process.env.ONNXRUNTIME_NODE_INSTALL + '\\n');
     writeFileSync('${binaries}/libonnxruntime_providers_cuda.so', '${provider}');
     writeFileSync('${binaries}/libonnxruntime.so.1', 'half');
     process.exit(${exitCode});`,
  );

const setup = (args: readonly string[] = [], environment: Record<string, string> = {}) =>
  setups.run(args, { ONNXRUNTIME_NODE_NUGET_FEED: host.url, ...environment });

/** Everything under onnxruntime-node. */
const contents = () => contentsOf(join(checkout, 'node_modules/onnxruntime-node'));

const fetched = () => textOf(join(checkout, 'fetches'));

beforeAll(async () => {
  host = await reachableHost();
});
afterAll(() => host.close());

beforeEach(async () => {
  setups = await setupCheckout('setup-cuda.sh');
  checkout = setups.folder;
  binaries = join(checkout, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
  await write(join(binaries, 'libonnxruntime.so.1'), 'whole');
  await write(
    join(checkout, 'scripts/golden-on.ts'),
    `import { existsSync, readFileSync } from 'node:fs';
     const provider = ${JSON.stringify(join(binaries, 'libonnxruntime_providers_cuda.so'))};
     const state = existsSync(provider) ? readFileSync(provider, 'utf8') : 'none';
     if (state !== 'works') { console.error('CUDA: ' + state); process.exit(1); }
     console.log(process.argv[3] + ' on ' + process.argv[2] + ': golden outputs');`,
  );
  await setups.standIn('nvidia-smi', "echo 'NVIDIA H100, 550.54'");
  await setups.standIn('uname', 'echo Linux x86_64');
  await fetches('works', 0);
  return () => setups.remove();
});

describe.skipIf(process.platform === 'win32')('setup-cuda.sh', () => {
  it('says what is here, fetches the provider by its own script, and ends by the golden outputs on CUDA', async () => {
    const { code, output } = await setup();
    expect(output).toMatch(/GPU, driver: NVIDIA H100, 550\.54\n/);
    expect(output).toMatch(/installed .* node_modules\/onnxruntime-node\/.*\/libonnxruntime_providers_cuda\.so\n/);
    expect(output).toMatch(/models\/mnist-disenn on cuda: golden outputs\nsetup-cuda: CUDA is ready/);
    expect(code).toBe(0);
    expect(await fetched()).toBe('true\n');
    expect(Object.keys(await contents())).toHaveLength(3);
  });

  it('fetches nothing where CUDA works', async () => {
    await write(join(binaries, 'libonnxruntime_providers_cuda.so'), 'works');
    expect(await setup()).toMatchObject({ code: 0, output: expect.stringContaining('CUDA works already') });
    expect(await fetched()).toBe('');
    expect(await setup(['--force'])).toMatchObject({ code: 0, output: expect.stringContaining('CUDA is ready') });
    expect(await fetched()).not.toBe('');
  });

  it.each([
    ['fails', 'half', 1, /the fetch failed\. onnxruntime-node is as it was before/],
    ['ends, but CUDA does not run', 'broken', 0, /CUDA: broken\n.*does not run on CUDA\..*as it was before/s],
  ])('leaves onnxruntime-node as it was where the fetch %s', async (_, provider, exitCode, message) => {
    await fetches(provider, exitCode);
    const before = await contents();
    const { code, output } = await setup();
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(await contents()).toEqual(before);
  });

  it('puts back what a run that was killed had set aside', async () => {
    await fetches('broken', 1);
    const before = await contents();
    await cp(binaries, join(checkout, 'node_modules/onnxruntime-node/.before-setup/x64'), { recursive: true });
    await write(join(binaries, 'libonnxruntime.so.1'), 'half');
    await setup();
    expect(await contents()).toEqual(before);
  });

  it.each<[string, Record<string, string>, () => Promise<void>, RegExp]>([
    ['no GPU', {}, () => setups.standIn('nvidia-smi', 'exit 9'), /no NVIDIA GPU here/],
    [
      'another system',
      {},
      () => setups.standIn('uname', 'echo Darwin arm64'),
      /made for Linux x64, this is Darwin arm64/,
    ],
    [
      'no way to the feed',
      { ONNXRUNTIME_NODE_NUGET_FEED: 'http://127.0.0.1:1/' },
      async () => {},
      /http:\/\/127\.0\.0\.1:1\/ cannot be reached/,
    ],
  ])('says that there is %s, and fetches nothing', async (_, environment, prepare, message) => {
    await prepare();
    const before = await contents();
    const { code, output } = await setup([], environment);
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(await fetched()).toBe('');
    expect(await contents()).toEqual(before);
  });

  it('names the libraries that it does not find', async () => {
    await setups.standIn('ldconfig', 'echo "  libcudart.so.12 (libc6,x86-64) => /cuda/libcudart.so.12"');
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
