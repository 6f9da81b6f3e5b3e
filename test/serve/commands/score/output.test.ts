import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAtomicFile } from '../../../../serve/atomic-file.ts';
import { durationText, progressOn } from '../../../../serve/commands/score/progress.ts';
import { tableOf } from '../../../../serve/commands/score/table.ts';

describe('an atomic file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-score-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is not there before it is committed, and whole after', async () => {
    const path = join(folder, 'report.json');
    const file = await openAtomicFile(path);
    await file.write('one');
    await file.write(' two');
    expect(await readdir(folder)).not.toContain('report.json');
    await file.commit();
    await file.discard();
    expect(await readdir(folder)).toEqual(['report.json']);
    expect(await readFile(path, 'utf8')).toBe('one two');
  });

  it('leaves the old one as it was when it is discarded', async () => {
    const path = join(folder, 'report.json');
    await writeFile(path, 'old');
    const file = await openAtomicFile(path);
    await file.write('new');
    await file.discard();
    expect(await readdir(folder)).toEqual(['report.json']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it.each([
    ['none/report.json', 'ENOENT'],
    ['.', 'it is a folder'],
  ])('refuses %s before anything is written', async (name, reason) => {
    await expect(openAtomicFile(join(folder, name))).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(reason) }),
    );
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('progress', () => {
  const written = (isTTY: boolean, total: number) => {
    const parts: string[] = [];
    const progress = progressOn({ isTTY, write: (text) => parts.push(text) });
    for (let done = 1; done <= total; done++) progress('explaining', done, total);
    return parts;
  };

  it('is four plain lines where nobody watches', () => {
    expect(written(false, 100)).toEqual([25, 50, 75, 100].map((done) => `explaining: ${done}/100\n`));
  });

  it('is one plain line for a stage of one step', () => {
    expect(written(false, 1)).toEqual(['explaining: 1/1\n']);
  });

  it('is a bar on a terminal, redrawn in its line and left when full', () => {
    const parts = written(true, 4);
    expect(parts).toHaveLength(4);
    expect(parts.every((part) => part.startsWith('\r'))).toBe(true);
    expect(parts.filter((part) => part.includes('\n'))).toEqual([parts[3]]);
    expect(parts[1]).toContain('█'.repeat(15) + '░'.repeat(15));
  });

  it('says how long is left at the pace of the stage, without what was done before it began', () => {
    const parts: string[] = [];
    let now = 0;
    const progress = progressOn({ isTTY: true, write: (text) => parts.push(text) }, () => now);
    progress('inputs', 500, 1000);
    now = 10_000;
    progress('inputs', 600, 1000);
    expect(parts.at(-1)).toMatch(/600\/1000, 40 s left$/);
    expect([durationText(0.2), durationText(89), durationText(600), durationText(7500)]).toEqual([
      '1 s',
      '89 s',
      '10 min',
      '2 h 5 min',
    ]);
  });

  it('says the same stage again when it comes again', () => {
    const parts: string[] = [];
    const progress = progressOn({ write: (text) => parts.push(text) });
    for (const stage of ['a', 'b', 'a']) progress(stage, 1, 1);
    expect(parts).toHaveLength(3);
  });
});

/** What the tables below do not look at. */
const rest = { others: [], unusable: { count: 0, listed: [] } };

describe('the table', () => {
  it('has a row a metric, figures in columns and a dash where there is none', () => {
    const none = { mean: null, median: null, q05: null, q25: null, q75: null, q95: null };
    const table = tableOf({
      ...rest,
      model: 'fake',
      data: 'set:test',
      count: 3,
      job: { data: { name: 'digits', count: 1, digest: '' }, seed: 0 },
      elapsedSeconds: 1.26,
      metrics: {
        faithfulness: { direction: 'higher', count: 0, ...none, withoutValue: 3 },
        stability: {
          direction: 'lower',
          count: 3,
          mean: 12.3456,
          median: 2,
          q05: 1,
          q25: 1,
          q75: 3,
          q95: 3,
          withoutValue: 0,
          intervals: { mean: [11, 13], median: [1, 3], q05: [1, 1], q25: [1, 1], q75: [3, 3], q95: [3, 3] },
        },
      },
    });
    expect(table).toBe(
      [
        'fake on set:test: 3 inputs in 1.3 s',
        'metric        better   mean  median    q05    q25    q75    q95  95 % of the mean  inputs  no value',
        'faithfulness  higher      –       –      –      –      –      –                 –       0         3',
        'stability     lower   12.35   2.000  1.000  1.000  3.000  3.000     11.00 … 13.00       3         0',
      ].join('\n'),
    );
  });

  it('has metrics of the set below, each with what it is read beside, then those without a value', () => {
    const table = tableOf({
      ...rest,
      model: 'fake',
      data: 'set:test',
      count: 3,
      job: { data: { name: 'digits', count: 1, digest: '' }, seed: 0 },
      elapsedSeconds: 1,
      metrics: {
        'leak.permuted': {
          direction: 'lower',
          value: 0.5,
          figures: { floor: 0.25, accuracy: 1 },
          interval: [0.4, 0.6],
        },
        mig: { direction: 'higher', value: null, reason: 'nothing to tell apart' },
      },
    });
    expect(table).toBe(
      [
        'fake on set:test: 3 inputs in 1.0 s',
        'metric         better   value  95 % interval    beside',
        'leak.permuted  lower   0.5000  0.4000 … 0.6000  floor 0.2500, accuracy 1.000',
        'mig            higher       –  –',
        'mig has no value: nothing to tell apart',
      ].join('\n'),
    );
  });
});
