import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { estimatorsOf } from '../../../bench/training/protocol.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs the benchmark in the checkout. */
function bench(args: readonly string[], environment: Record<string, string> = {}) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'bench/training/command.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
}

const short = ['--rounds', '1', '--steps', '1', '--warm-up', '0', '--batch', '4'];

describe('bench:training', () => {
  it('times an installed backend, and prints the rows alone on standard output', () => {
    const { stdout, stderr, status } = bench([...short, '--backends', 'wasm', '--json']);
    expect(stderr).toMatch(/round 1 of 1, wasm exact: \d+ ms/);
    expect(status).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: Record<string, unknown>[] };
    expect(rows.map(({ backend, estimator, batch }) => [backend, estimator, batch])).toEqual(
      estimatorsOf.wasm.map((estimator) => ['wasm', estimator, 4]),
    );
    for (const row of rows) {
      expect(row).toMatchObject({ msPerStep: expect.any(Number), parameters: 28_219, ratio: null, device: 'CPU' });
    }
  });

  it('also gives the seconds to an accuracy, or that it was not reached', () => {
    const accuracy = [
      ...['--until-accuracy', '0.999', '--evaluate-every', '2', '--max-steps', '1'],
      ...['--schedule', 'cosine', '--seeds', '1,2'],
    ];
    const { stdout, stderr } = bench([
      ...short,
      ...['--backends', 'wasm', '--estimators', 'none', '--json'],
      ...accuracy,
    ]);
    expect(stderr).toMatch(/seed 1, wasm none: accuracy 0\.\d{4} after 1 steps/);
    expect(stderr).toMatch(/seed 2, wasm none: accuracy 0\.\d{4} after 1 steps/);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: [{ estimator: 'none', secondsToAccuracy: null, stepsToAccuracy: [1, 1] }],
    });
  });

  it('lets the learning rate fall along a cosine, where it is told to', () => {
    const training = ['--until-accuracy', '0.999', '--evaluate-every', '3', '--max-steps', '3', '--lr', '0.03'];
    const accuracyAfter = (...schedule: string[]) => {
      const { stderr } = bench([...short, '--backends', 'wasm', '--estimators', 'none', ...training, ...schedule]);
      return /accuracy (0\.\d{4}) after 3 steps/.exec(stderr)?.[1];
    };
    const constant = accuracyAfter();
    expect(constant).toBeDefined();
    expect(accuracyAfter('--schedule', 'constant')).toBe(constant);
    expect(accuracyAfter('--schedule', 'cosine')).not.toBe(constant);
  });

  it('skips PyTorch where there is none, and says so on standard error', () => {
    const { stdout, stderr, status } = bench(['--backends', 'pytorch', '--json'], { SENN_PYTORCH: '/nonexistent' });
    expect(stderr).toMatch(/^skipped: pytorch: no torch in \/nonexistent; scripts\/setup-pytorch\.sh gets it$/m);
    expect(JSON.parse(stdout)).toEqual({ rows: [] });
    expect(status).toBe(0);
  });

  it.each([
    [['--backends', 'wsam'], 'unknown "wsam"; choose tfjs-node-gpu, tfjs-node, wasm, pytorch'],
    [['--rounds', '0'], 'must be a whole number above 0'],
    [['--until-accuracy', '97'], 'must be above 0 and below 1'],
    [['--seeds', '1,x'], 'must be a whole number'],
    [['--schedule', 'linear'], 'constant, cosine'],
  ])('refuses %j with exit code 2', (args, message) => {
    const { stdout, stderr, status } = bench(args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
