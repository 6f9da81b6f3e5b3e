import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../bench/training/lanes.ts';
import { runLane } from '../../../bench/training/run-lane.ts';

/** A lane whose program is a line of JavaScript. */
const laneOf = (script: string): Lane => ({
  backend: 'wasm',
  estimator: 'probe',
  command: [process.execPath, '-e', script, '--'],
});

const steps = { kind: 'steps', parameters: 3, runtime: 'a runtime', device: 'CPU', stepMilliseconds: [1.5, 2] };

describe('runLane', () => {
  it('reads the report on the last line and passes the flags on', async () => {
    const script = `console.log('remark'); console.log(JSON.stringify({ ...${JSON.stringify(steps)}, runtime: process.argv.slice(1).join(' ') }))`;
    expect(await runLane(laneOf(script), ['--steps', '2'])).toEqual({ ...steps, runtime: '--steps 2' });
  });

  it('says where a program failed, with its exit code and last words', async () => {
    const failure = runLane(laneOf('console.error("out of memory"); process.exit(3)'), []);
    await expect(failure).rejects.toThrow(/^wasm probe: ended with 3\nout of memory$/);
  });

  it.each([
    ['no JSON', 'console.log("done")'],
    ['a report of another form', 'console.log(JSON.stringify({ kind: "steps", stepMilliseconds: [] }))'],
    ['nothing', ''],
  ])('refuses %s', async (_, script) => {
    await expect(runLane(laneOf(script), [])).rejects.toThrow(/^wasm probe: ends its output by no report/);
  });

  it('names a program that does not start', async () => {
    const lane: Lane = { ...laneOf(''), command: ['/nonexistent/python'] };
    await expect(runLane(lane, [])).rejects.toThrow('wasm probe: /nonexistent/python does not start');
  });
});
