import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorResponseSchema } from '../../../../core/api.ts';
import { classResponseSchema } from '../../../../core/views/class-view.ts';
import { writeTableModel } from '../../../helpers/table-model.ts';
import { listening, openModels, type TestModels, type TestServer } from '../../fixtures.ts';

/** `GET /models/{name}/classes/{class}` */

let directory: string;
let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-classes-'));
  await writeTableModel(directory);
  models = await openModels([join(directory, 'table')]);
  server = await listening({ models });
});

afterAll(async () => {
  await server.close();
  await models.close();
  await rm(directory, { recursive: true });
});

const get = (path: string, accept = '*/*'): Promise<Response> =>
  fetch(`${server.url}/models/table/classes/${path}`, { headers: { Accept: accept } });

describe('a class over HTTP', () => {
  it('is JSON, by its label or its index', async () => {
    const response = await get(encodeURIComponent('medium or high'));
    expect(response.status).toBe(200);
    expect(response.headers.get('vary')).toContain('Accept');
    const answer = classResponseSchema.parse(await response.json());
    expect(answer).toMatchObject({ model: 'table', version: '1', label: 'medium or high', index: 1, count: 11 });
    expect(answer.concepts.map(({ concept }) => concept)).toEqual([5, 4, 3, 2, 1, 0]);
    expect(answer.concepts[0]).toMatchObject({ name: 'standing', contribution: -6, share: 6 / 21, decides: 0 });
    expect(classResponseSchema.parse(await (await get('1')).json())).toEqual(answer);
  });

  it('is a figure, as Accept says', async () => {
    const svg = await get('low', 'image/svg+xml');
    expect(svg.headers.get('content-type')).toContain('image/svg+xml');
    expect(await svg.text()).toContain('class “low”');
    const png = await get('low', 'image/png');
    expect(await sharp(Buffer.from(await png.arrayBuffer())).metadata()).toMatchObject({ format: 'png' });
    const page = await (await get('low', 'text/html')).text();
    expect(page).toContain('<title>Class “low” of table 1</title>');
    expect(page).toContain('<svg');
  });

  it('is refused where it is not there', async () => {
    const answers = await Promise.all([
      get('zebra'),
      fetch(`${server.url}/models/none/classes/low`),
      get('low', 'text/csv'),
      fetch(`${server.url}/models/table/classes/low`, { method: 'POST' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 406, 405]);
    const { error } = errorResponseSchema.parse(await (answers[0] as Response).json());
    expect(error).toMatchObject({ code: 'not_found', details: { choices: ['low', 'medium or high'] } });
  });
});
