import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Manifest } from '../../../../../core/manifest.ts';
import type { Job } from '../../../../../core/scoring/job.ts';
import type { LoadedBatch } from '../../../../../core/scoring/source.ts';
import { tensor } from '../../../../../core/tensor.ts';
import { type Board, batchId, startQueueRunner } from '../../../../../serve/commands/score/queue/queue-runner.ts';
import type { WireTask } from '../../../../../serve/commands/score/queue/task.ts';
import { toWire } from '../../../../../serve/commands/score/running/wire.ts';
import { readManifest } from '../../../../../serve/models/model-folder.ts';
import { testModels } from '../../../../helpers/models.ts';

/** The coordinator over a queue that is a list in memory, which loses things and tells nothing. */

const digest = 'c'.repeat(64);
const job: Job = {
  models: [{ name: 'm', version: '1', digest }],
  data: { name: 'set', count: 8, digest },
  metrics: [],
  attributions: [],
  seed: 0,
  batch: 1,
};
let manifest: Manifest;
beforeAll(async () => {
  ({ manifest } = await readManifest(join(testModels, 'compas-senn')));
});

const widthOf = ({ input }: Manifest): number => (input.kind === 'tabular' ? input.features.length : 0);
const loaded = (row: number): LoadedBatch => ({
  rows: Int32Array.of(row),
  input: tensor(new Float32Array(widthOf(manifest)).fill(row), [1, widthOf(manifest)]),
  unusable: [],
});

function resultOf(batch: number) {
  const [k, c] = [manifest.concepts.length, manifest.classes.length];
  return {
    model: 0,
    batch,
    unusable: [],
    scores: {
      rows: Int32Array.of(batch),
      predicted: Int32Array.of(0),
      concepts: tensor(new Float32Array(k).fill(batch), [1, k]),
      relevances: tensor(new Float32Array(k * c), [1, k, c]),
      values: {},
      attributions: {},
    },
  };
}

function fakeBoard() {
  const there = new Map<string, WireTask>();
  const failed = new Map<string, string>();
  const results = new Map<string, string>();
  const counts = { adds: 0, keeps: 0, closed: 0 };
  let tell: (id: string) => void = () => {};
  const board: Board = {
    async add(id, task) {
      counts.adds++;
      if (!there.has(id)) there.set(id, task);
    },
    async stateOf(id) {
      const reason = failed.get(id);
      if (reason !== undefined) return { kind: 'failed', reason };
      return { kind: there.has(id) ? 'there' : 'gone' };
    },
    result: async (id) => results.get(id),
    async forget(id) {
      for (const held of [there, failed, results]) held.delete(id);
    },
    async keep() {
      counts.keeps++;
    },
    workers: async () => 0,
    onSettled(listener) {
      tell = listener;
    },
    async close() {
      counts.closed++;
    },
  };
  return {
    board,
    there,
    failed,
    results,
    counts,
    /** A worker that scores a batch, and tells of it or not. */
    score(batch: number, text = JSON.stringify({ ok: true, result: toWire(resultOf(batch)) }), tells = true) {
      const id = batchId(job, 0, batch);
      results.set(id, text);
      there.delete(id);
      if (tells) tell(id);
    },
  };
}

function started(options: { sweep?: number; patience?: number } = {}) {
  const fake = fakeBoard();
  const notes: string[] = [];
  const asked = { metrics: [], attributions: [], seed: 0 };
  const work = { job, models: [{ manifest, digest }], blobs: new Map(), training: undefined, asked };
  const runner = startQueueRunner(work, fake.board, { sweep: 10, ...options, onNote: (note) => notes.push(note) });
  onTestFinished(() => runner.close());
  return { ...fake, runner, notes };
}

const out = async (there: ReadonlyMap<string, WireTask>, count: number): Promise<void> => {
  await expect.poll(() => there.size).toBe(count);
};

describe('batches over a queue', () => {
  it('are out as many as the caller lets be, each settled once, and nothing is left of them', async () => {
    const { runner, there, results, score } = started({ sweep: 60_000 });
    const runs = [0, 1, 2].map((batch) => runner.run(0, batch, loaded(batch)));
    await out(there, 3);
    for (const batch of [2, 0, 1]) score(batch);
    score(1); // a worker whose batch was taken over ends late
    expect(await Promise.all(runs)).toEqual([0, 1, 2].map(resultOf));
    expect(there.size).toBe(0);
    expect(results.has(batchId(job, 0, 0))).toBe(false);
  });

  it('are found by the sweep where nobody told of their end', async () => {
    const { runner, there, score, counts } = started();
    const run = runner.run(0, 4, loaded(4));
    await out(there, 1);
    score(4, undefined, false);
    expect(await run).toEqual(resultOf(4));
    expect(counts.keeps).toBeGreaterThan(0);
  });

  it('are put out by the sweep where the connection broke off while they were, and refused where Redis refused them', async () => {
    const { runner, board, there, score, notes } = started();
    const { add } = board;
    board.add = async () => {
      board.add = add;
      throw new Error('write EPIPE');
    };
    const run = runner.run(0, 4, loaded(4));
    await out(there, 1);
    score(4);
    expect(await run).toEqual(resultOf(4));
    expect(notes).toEqual(['queue: write EPIPE']);

    board.add = async () => {
      throw Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });
    };
    await expect(runner.run(0, 5, loaded(5))).rejects.toThrow('OOM');
  });

  it('are put out again where a Redis forgot them', async () => {
    const { runner, there, score, counts } = started();
    const run = runner.run(0, 4, loaded(4));
    await out(there, 1);
    there.clear();
    await out(there, 1);
    expect(counts.adds).toBe(2);
    score(4);
    expect(await run).toEqual(resultOf(4));
  });

  it('throw the error that they gave, what a worker could not do, and a result that is none', async () => {
    const { runner, there, failed, score } = started();
    const runs = [0, 1, 2].map((batch) => runner.run(0, batch, loaded(batch)).catch((error: unknown) => error));
    await out(there, 3);
    score(0, JSON.stringify({ ok: false, code: 'shape_mismatch', message: 'no', details: {} }));
    failed.set(batchId(job, 0, 1), 'job stalled more than allowable limit');
    score(2, JSON.stringify({ ok: true, result: toWire(resultOf(1)) }));
    expect(await Promise.all(runs)).toEqual([
      expect.objectContaining({ code: 'shape_mismatch', message: 'no' }),
      expect.objectContaining({
        code: 'unavailable',
        message: 'queue: batch 1 of model 0: job stalled more than allowable limit',
      }),
      expect.objectContaining({ code: 'invalid_request' }),
    ]);
  });

  it('do not believe what lay there before: it is scored again', async () => {
    const { runner, there, results, failed, score } = started();
    results.set(batchId(job, 0, 3), JSON.stringify({ ok: false, code: 'internal', message: 'old', details: {} }));
    failed.set(batchId(job, 0, 3), 'old');
    const run = runner.run(0, 3, loaded(3));
    await out(there, 1);
    score(3);
    expect(await run).toEqual(resultOf(3));
  });

  it('are said to wait where there is no worker, once; what is out is taken away at the end', async () => {
    const { runner, there, notes, counts } = started({ patience: 30 });
    runner.run(0, 0, loaded(0)).catch(() => undefined);
    await out(there, 1);
    await expect.poll(() => notes.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(notes).toEqual([expect.stringContaining('no worker is there')]);
    await runner.close();
    expect([there.size, counts.closed]).toEqual([0, 1]);
  });

  it('have the same name in the same job alone', () => {
    expect(batchId(job, 0, 1)).toBe(batchId({ ...job }, 0, 1));
    expect(new Set([batchId(job, 0, 1), batchId(job, 1, 0), batchId({ ...job, seed: 1 }, 0, 1)]).size).toBe(3);
  });
});
