import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program of the benchmark, on the compiled server. */
function run(program: string, args: readonly string[], environment: Record<string, string> = {}) {
  return spawnSync(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
}

describe('bench:serve', { timeout: 300_000 }, () => {
  const bench = (args: readonly string[]) => run('bench/serve/command.ts', args, { SENN_FASTAPI: '/nonexistent' });

  it('measures ours alone where there is no FastAPI, and prints the rows alone on standard output', () => {
    const short = ['--rounds', '1', '--seconds', '1', '--warm-up', '1', '--settle', '1', '--concurrency', '2'];
    const { stdout, stderr, status } = bench([...short, '--generator', 'autocannon', '--json']);
    expect(stderr).toMatch(
      /^skipped: fastapi: no fastapi .* npm run setup:fastapi gets them; ours is measured alone$/m,
    );
    expect(status, stderr).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: Record<string, unknown>[] };
    expect(rows.map(({ server, traversals, concurrency }) => [server, traversals, concurrency])).toEqual([
      ['ours', false, 2],
      ['ours', true, 2],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ errors: 0, ratio: null, shareOfRaw: expect.any(Number) });
      expect(row['requestsPerSecond']).toBeGreaterThan(0);
      expect(row['p99Milliseconds']).toBeGreaterThanOrEqual(row['p50Milliseconds'] as number);
    }
  });

  it.each([
    [['--concurrency', '8,0'], 'must be whole numbers above 0'],
    [['--generator', 'ab'], 'Allowed choices are wrk, autocannon'],
    [['--traversals', 'both'], 'unknown "both"; choose without, with'],
  ])('refuses %j with exit code 2', (args, message) => {
    const { stderr, status } = bench(args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe('soak:serve', { timeout: 600_000 }, () => {
  // Memory still grows in so short a time; the leak is far beyond that.
  const short = ['--requests', '3000', '--minutes', '0.5', '--warm-up', '0.4', '--limit-mb', '250', '--window', '4'];
  const soak = (...args: string[]) => run('bench/serve/soak/command.ts', [...short, ...args]);

  it('passes on the server as it is', () => {
    const { stdout, stderr, status } = soak('--json');
    expect(status, stderr).toBe(0);
    const result = JSON.parse(stdout) as { passed: boolean; kinds: number; requests: number };
    expect(result).toMatchObject({ passed: true, memory: { flat: true } });
    expect(result.kinds).toBeGreaterThan(60);
    expect(result.requests).toBeGreaterThan(result.kinds);
  });

  it('fails on a server that keeps a megabyte of every request', () => {
    const { stderr, status } = soak('--leak', '1000000');
    expect(stderr).toMatch(
      /^soak:serve: failed after \d+ requests in \d+ s: resident memory rose by more than 250 MB after warm-up, between \d+ and \d+ MB$/m,
    );
    expect(status).toBe(1);
  });
});
