import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../../core/manifest.ts';
import { tensor } from '../../../../../core/tensor.ts';
import { type Expected, parseReply } from '../../../../../serve/commands/score/queue/reply.ts';
import { loadedOf, parseTask, toWireTask, type WireTask } from '../../../../../serve/commands/score/queue/task.ts';
import { toWire } from '../../../../../serve/commands/score/running/wire.ts';
import { readManifest } from '../../../../../serve/models/model-folder.ts';
import { testModels } from '../../../../helpers/models.ts';

/** What passes through a queue: it comes back exactly, and whatever else somebody writes there is refused. */

const digest = 'a'.repeat(64);
const asked = { metrics: ['faithfulness', 'accuracy'], attributions: ['lime'], seed: 0 } as const;
let manifest: Manifest;
let task: WireTask;
let expected: Expected;

beforeAll(async () => {
  ({ manifest } = await readManifest(join(testModels, 'compas-senn')));
  const width = (manifest.input as Extract<Manifest['input'], { kind: 'tabular' }>).features.length;
  const loaded = {
    rows: Int32Array.of(3, 5),
    input: tensor(
      Float32Array.from({ length: 2 * width }, (_, i) => i / 3),
      [2, width],
    ),
    labels: Int32Array.of(1, 0),
    unusable: [{ index: 4, where: 'line 5', reason: 'no number' }],
  };
  const of = {
    model: digest,
    at: { model: 0, batch: 7 },
    asked: { ...asked, metrics: [...asked.metrics], attributions: [...asked.attributions] },
  };
  task = toWireTask(of, loaded, { digest, shape: [10, width] });
  expected = { manifest, model: 0, batch: 7, asked: of.asked, loaded };
});

describe('a batch that is given out', () => {
  it('arrives as it was', () => {
    const parsed = parseTask(JSON.parse(JSON.stringify(task)));
    const { rows, input, labels } = expected.loaded;
    expect(loadedOf(parsed)).toEqual({ rows, input, labels, unusable: [] });
    expect(parsed.training).toEqual(task.training);
  });

  const bad: Readonly<Record<string, (of: WireTask) => unknown>> = {
    nothing: () => undefined,
    'a path for a model': (of) => ({ ...of, model: '../../etc/passwd' }),
    'a key that is none': (of) => ({ ...of, path: '/etc' }),
    'an unknown metric': (of) => ({ ...of, asked: { ...of.asked, metrics: ['rm'] } }),
    'a metric a thousand times': (of) => ({ ...of, asked: { ...of.asked, metrics: Array(1000).fill('faithfulness') } }),
    'an unknown attribution': (of) => ({ ...of, asked: { ...of.asked, attributions: ['constructor'] } }),
    'questions without end': (of) => ({ ...of, asked: { ...of.asked, queries: 1e9 } }),
    'a shape that the data do not fill': (of) => ({ ...of, input: { ...of.input, shape: [200, 14] } }),
    'a shape that is not whole': (of) => ({ ...of, input: { ...of.input, shape: [2, 0.5] } }),
    'a shape of terabytes': (of) => ({ ...of, input: { ...of.input, shape: [65_536, 3, 4096, 4096] } }),
    'a shape of five': (of) => ({ ...of, input: { ...of.input, shape: [2, 1, 1, 1, 14] } }),
    'no base64': (of) => ({ ...of, rows: '%%%%%%%%' }),
    'half an integer': (of) => ({ ...of, rows: 'AAAA' }),
    'rows that fall': (of) => ({ ...of, rows: Buffer.from(Int32Array.of(5, 3).buffer).toString('base64') }),
    'a negative row': (of) => ({ ...of, rows: Buffer.from(Int32Array.of(-1, 3).buffer).toString('base64') }),
    'a label too few': (of) => ({ ...of, labels: Buffer.from(Int32Array.of(1).buffer).toString('base64') }),
    'training inputs of terabytes': (of) => ({ ...of, training: { digest, shape: [1e9, 1e9] } }),
  };
  it.each(Object.keys(bad))('is refused with %s', (name) => {
    expect(() => parseTask(bad[name]?.(task))).toThrow(/^queue: a batch: /);
  });
});

describe('what comes back of a batch', () => {
  const K = () => manifest.concepts.length;
  const C = () => manifest.classes.length;
  const result = () => ({
    model: 0,
    batch: 7,
    unusable: [],
    scores: {
      rows: expected.loaded.rows,
      labels: expected.loaded.labels as Int32Array,
      predicted: Int32Array.of(0, 1),
      concepts: tensor(new Float32Array(2 * K()).fill(0.1), [2, K()]),
      relevances: tensor(new Float32Array(2 * K() * C()).fill(-1e-30), [2, K(), C()]),
      values: { faithfulness: [0.1 + 0.2, null] },
      attributions: {
        lime: {
          values: tensor(Float32Array.from(expected.loaded.input.data), expected.loaded.input.shape as number[]),
          baseline: [0, 1],
          compared: { faithfulness: { value: null, reason: 'none' }, 'faithfulness.input': [1 / 3, 0] },
        },
      },
    },
  });
  // biome-ignore lint/suspicious/noExplicitAny: what is broken below is of no type
  const reply = (): any => JSON.parse(JSON.stringify({ ok: true, result: toWire(result()) }));

  it('is exact, with the inputs that were not sent', () => {
    expect(parseReply(JSON.stringify(reply()), expected)).toEqual({ ...result(), unusable: expected.loaded.unusable });
  });

  it('may be an error, which is thrown', () => {
    const failed = { ok: false, code: 'inference_failed', message: '\u001bNaN', details: { index: 3 } };
    expect(() => parseReply(JSON.stringify(failed), expected)).toThrow(
      expect.objectContaining({ code: 'inference_failed', message: ' NaN', details: { index: 3 } }),
    );
  });

  type Broken = ReturnType<typeof reply>;
  const bad: Readonly<Record<string, (of: Broken) => void>> = {
    'another batch': (of) => (of.result.batch = 8),
    'another model': (of) => (of.result.model = 1),
    'other rows': (of) => (of.result.scores.rows = Buffer.from(Int32Array.of(3, 6).buffer).toString('base64')),
    'other labels': (of) => (of.result.scores.labels = of.result.scores.predicted),
    'a class that is none': (of) =>
      (of.result.scores.predicted = Buffer.from(Int32Array.of(0, 99).buffer).toString('base64')),
    'concepts of another shape': (of) => (of.result.scores.concepts.shape = [1, 2 * K()]),
    'concepts that are no numbers': (of) =>
      (of.result.scores.concepts.data = Buffer.from(new Float32Array(2 * K()).fill(Number.NaN).buffer).toString(
        'base64',
      )),
    'a value too few': (of) => (of.result.scores.values.faithfulness = [1]),
    'a value that is text': (of) => (of.result.scores.values.faithfulness = ['<script>', 1]),
    'a metric that nobody asked for': (of) => (of.result.scores.values.ncc = [1, 1]),
    'no metric': (of) => (of.result.scores.values = {}),
    'no attribution': (of) => (of.result.scores.attributions = {}),
    'an attribution that nobody asked for': (of) =>
      (of.result.scores.attributions.random = of.result.scores.attributions.lime),
    'a further key': (of) => (of.result.scores.extra = 1),
    'inputs that are left out': (of) => (of.result.unusable = [{ index: 3, where: '', reason: '' }]),
    'an error that is none': (of) => Object.assign(of, { ok: false, code: 'nothing', message: '', details: {} }),
  };
  it.each(Object.keys(bad))('is refused with %s', (name) => {
    const broken = reply();
    bad[name]?.(broken);
    expect(() => parseReply(JSON.stringify(broken), expected)).toThrow(
      /^queue: what came back of batch 7 of model 0: /,
    );
  });

  it.each(['', '{', 'null', '[]', '"ok"'])('is refused where it is %s', (text) => {
    expect(() => parseReply(text, expected)).toThrow(/^queue: what came back/);
  });
});
