import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { eventFile, eventFileName } from '../../training/tensorboard/event-file.ts';
import { pythonWith } from './python.ts';

const execute = promisify(execFile);
const here = import.meta.dirname;
const { python, hasPackages: hasTensorBoard } = await pythonWith('SENN_PYTHON', 'tensorboard');

it.skipIf(!hasTensorBoard)('TensorBoard reads every scalar of an event file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'senn-tensorboard-'));
  try {
    const wallTime = 1_750_000_000.25;
    const steps = [0, 300, 2 ** 31, 2 ** 53];
    const values = (step: number) => ({ 'train/loss': 1 / (step + 3), '损失/L_θ 🧠': step / 7 });
    const events = steps.map((step, i) => ({ step, wallTime: wallTime + i, scalars: values(step) }));
    await writeFile(join(folder, eventFileName(wallTime, 'host')), eventFile(events, { wallTime }));
    const { stdout } = await execute(python, [join(here, 'check_tensorboard.py'), folder]);
    const expected = (tag: keyof ReturnType<typeof values>) =>
      events.map((event) => [event.step, event.wallTime, Math.fround(event.scalars[tag])]);
    expect(JSON.parse(stdout)).toEqual({
      'train/loss': expected('train/loss'),
      '损失/L_θ 🧠': expected('损失/L_θ 🧠'),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
