import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { jobsSchema } from '../../../serve/http/scoring/schema.ts';
import { zipOf } from '../../training/datasets/zip-file.ts';
import { digitPng, hugePng } from '../fixtures.ts';
import {
  codeOf,
  errorOf,
  features,
  folder,
  get,
  jobOf,
  json,
  post,
  running,
  runs,
  send,
  server,
  start,
  useScoring,
} from './scoring-fixture.ts';

/** `POST /score`, and what scoring refuses. */

const png = await digitPng(0);

/** Posts images, and a field of text beside them. */
function form(path: string, images: readonly Buffer[], text?: string, field = 'labels') {
  const body = new FormData();
  for (const [i, bytes] of images.entries()) body.append('image', new Blob([new Uint8Array(bytes)]), `../${i}.png`);
  if (text !== undefined) body.append(field, text);
  return fetch(`${server.url}${path}`, { method: 'POST', body });
}

useScoring();

describe('POST /score', () => {
  it('answers a small set at once, in the form that is asked for, and leaves nothing behind', async () => {
    await start();
    const answer = json('/score?metrics=faithfulness&seed=3', { instances: [{ features, label: 'yes' }] });
    await running();
    const [run] = runs as [(typeof runs)[0]];
    expect(run.args).toEqual(['--data=input.ndjson', '--metrics=faithfulness', '--seed=3']);
    expect(await readFile(join(run.folder, 'input.ndjson'), 'utf8')).toBe(
      `${JSON.stringify({ features, label: 'yes' })}\n`,
    );
    expect(existsSync(join(run.folder, 'model', 'manifest.json'))).toBe(true);
    await run.finish();
    expect(await (await answer).json()).toEqual({ model: 'table' });
    await vi.waitFor(() => expect(existsSync(run.folder)).toBe(false));
    expect(jobsSchema.parse(await (await get('/jobs')).json()).jobs).toEqual([]);
  });

  it('makes a job of a larger one', async () => {
    await start();
    const small = post('/score', 63, { Accept: 'text/csv' });
    await running();
    await runs[0]?.finish();
    expect(await (await small).text()).toBe('index\n0\n');
    const large = await post('/score', 100);
    expect(large.status).toBe(202);
    expect(large.headers.get('location')).toBe((await jobOf(large)).links.self);
  });

  it('takes images, whose names and labels are files of ours', async () => {
    await start();
    const image = (await digitPng(0)).toString('base64');
    const answer = json('/score?model=mnist-disenn', { instances: [{ image, label: 'a "7", b' }, { image }] });
    await running();
    const images = join(runs[0]?.folder ?? '', 'images');
    expect((await readdir(images)).sort()).toEqual(['000000.png', '000001.png', 'labels.csv']);
    expect(await readFile(join(images, 'labels.csv'), 'utf8')).toBe('file,label\n000000.png,"a ""7"", b"\n');
    await runs[0]?.finish();
    expect((await answer).status).toBe(200);
  });

  it('takes the images of a form, and their labels beside them', async () => {
    await start();
    const answer = form('/score?model=mnist-disenn', [await digitPng(0), await digitPng(1)], '["7", null]');
    await running();
    const images = join(runs[0]?.folder ?? '', 'images');
    expect((await readdir(images)).sort()).toEqual(['000000.png', '000001.png', 'labels.csv']);
    expect(await readFile(join(images, 'labels.csv'), 'utf8')).toBe('file,label\n000000.png,"7"\n');
    expect(await readFile(join(images, '000001.png'))).toEqual(await digitPng(1));
    await runs[0]?.finish();
    expect((await answer).status).toBe(200);
  });

  it.each([
    ['application/vnd.apache.parquet', Buffer.from('PAR1'), 'table', 'input.parquet'],
    ['application/zip', zipOf([{ name: '7/a.png', bytes: png }]), 'mnist-disenn', 'input.zip'],
  ])('makes a job of an upload of %s, for the model that takes it', async (type, bytes, model, input) => {
    await start();
    const answer = await send('/score', bytes, type);
    expect([answer.status, (await jobOf(answer)).model]).toEqual([202, model]);
    await running();
    expect(runs[0]?.args).toEqual([`--data=${input}`]);
    expect(await readFile(join(runs[0]?.folder ?? '', input))).toEqual(bytes);
  });

  it('ends the work when the client has gone', async () => {
    await start();
    const abort = new AbortController();
    const body = JSON.stringify({ instances: [{ features }] });
    const headers = { 'Content-Type': 'application/json' };
    const answer = fetch(`${server.url}/score`, { method: 'POST', body, headers, signal: abort.signal });
    answer.catch(() => undefined);
    await running();
    abort.abort();
    await vi.waitFor(() => expect(runs[0]?.signal.aborted).toBe(true));
  });

  it('says where jobs are off that larger sets need them; small ones are scored all the same', async () => {
    await start({}, false, false);
    const refused = await post('/score', 100);
    expect(refused.status).toBe(413);
    expect((await errorOf(refused)).message).toMatch(/--jobs-folder/);
    expect(await codeOf(await post('/jobs'))).toEqual([404, 'not_found']);
    expect(await codeOf(await get('/jobs'))).toEqual([404, 'not_found']);
    const small = post('/score', 3);
    await running();
    await runs[0]?.finish();
    expect((await small).status).toBe(200);
  });
});

describe('what is refused', () => {
  it.each([
    ['a type that nobody reads', () => send('/jobs', 'x', 'text/plain'), 415, 'unsupported_media_type'],
    ['no body', () => send('/jobs', '', 'text/csv'), 400, 'missing_input'],
    ['a query that nobody knows', () => post('/jobs?data=/etc/passwd'), 400, 'invalid_request'],
    ['a path as the model', () => post('/jobs?model=../../etc'), 404, 'unknown_model'],
    ['a metric that there is not', () => post('/jobs?metrics=beauty'), 400, 'invalid_config'],
    ['a number that is none', () => post('/jobs?seed=-1'), 400, 'invalid_request'],
    ['a missing feature', () => json('/score', { instances: [{ features: {} }] }), 400, 'invalid_features'],
    [
      'images for a table',
      () => json('/score?model=table', { instances: [{ image: 'AAAA' }] }),
      422,
      'unsupported_input',
    ],
    ['a path as an instance', () => json('/score', { instances: [{ path: '/etc/passwd' }] }), 400, 'invalid_request'],
    ['too many instances', () => json('/score', { instances: Array(65).fill({}) }), 413, 'payload_too_large'],
    ['what is no .npz', () => send('/jobs', 'x', 'application/x-npz'), 400, 'invalid_request'],
    [
      'a zip that unpacks to too much',
      () => send('/jobs', zipOf([{ name: 'a.png', bytes: Buffer.alloc(100_000) }]), 'application/zip'),
      413,
      'payload_too_large',
    ],
    [
      'a zip with a path out of it',
      () => send('/jobs', zipOf([{ name: '../a.png', bytes: png }]), 'application/zip'),
      400,
      'invalid_request',
    ],
    ['a form without an image', () => form('/score', [], '[]'), 400, 'missing_input'],
    ['labels for other images', () => form('/score', [png], '["7", "2"]'), 400, 'invalid_request'],
    ['labels that are no JSON', () => form('/score', [png], '7'), 400, 'invalid_request'],
    ['a text that nobody reads', () => form('/score', [png], '7', 'path'), 400, 'invalid_request'],
    ['too many images', () => form('/score', Array(65).fill(png)), 413, 'payload_too_large'],
    ['a file that is no image', () => form('/score', [Buffer.from('x')]), 415, 'unsupported_media_type'],
    ['an image for a table', () => form('/score?model=table', [png]), 422, 'unsupported_input'],
    ['a form of report that there is not', () => post('/score', 1, { Accept: 'image/png' }), 406, 'not_acceptable'],
    ['a bad idempotency key', () => post('/jobs', 9, { 'Idempotency-Key': 'a b' }), 400, 'invalid_request'],
    ['a compressed body', () => post('/jobs', 9, { 'Content-Encoding': 'gzip' }), 415, 'unsupported_media_type'],
    ['an upload of too many bytes', () => post('/jobs', 9000), 413, 'payload_too_large'],
  ])('is %s', async (_, ask, status, code) => {
    await start({ '--jobs-upload-bytes': '20000' });
    expect(await codeOf(await ask())).toEqual([status, code]);
    expect(runs).toEqual([]);
    const staging = join(folder, 'jobs', '.staging');
    if (existsSync(staging)) await vi.waitFor(async () => expect(await readdir(staging)).toEqual([]));
  });

  it('is an image of more pixels than are decoded', async () => {
    await start();
    const image = hugePng().toString('base64');
    const answer = await json('/score?model=mnist-disenn', { instances: [{ image }] });
    expect(await codeOf(answer)).toEqual([413, 'image_too_large']);
  });

  it('is one upload more than there is room for', async () => {
    await start({ '--jobs-stored-bytes': '1024' });
    expect((await post('/jobs')).status).toBe(202);
    expect(await codeOf(await post('/jobs'))).toEqual([503, 'unavailable']);
  });
});
