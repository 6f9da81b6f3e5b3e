import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEventLog } from '../../../training/tensorboard/event-log.ts';
import { readEvents } from './reader.ts';

it('a log grows in one file; a resumed run keeps the earlier one, a new run starts over', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'senn-events-'));
  let time = 1_750_000_000;
  const options = { directory, host: 'here', now: () => time++ };
  await writeFile(join(directory, 'README'), 'mine');
  const log = openEventLog({ ...options, resume: false });
  log(10, { 'train/loss': 2 });
  log(20, { 'train/loss': 1 });
  const [file] = (await readdir(directory)).filter((name) => name !== 'README');
  const events = readEvents(new Uint8Array(await readFile(join(directory, file as string))));
  expect(events.map(({ step }) => Number(step))).toEqual([0, 10, 20]);
  time += 100;
  openEventLog({ ...options, resume: true })(30, { 'train/loss': 0.5 });
  expect(await readdir(directory)).toHaveLength(3);
  time += 100;
  const refused = openEventLog({ ...options, resume: false });
  expect(await readdir(directory)).toHaveLength(3);
  refused(10, { 'train/loss': 2 });
  expect((await readdir(directory)).filter((name) => name !== 'README')).toHaveLength(1);
  expect(await readFile(join(directory, 'README'), 'utf8')).toBe('mine');
  await rm(directory, { recursive: true });
});
