import { join } from 'node:path';
import sharp from 'sharp';
import { TRAVERSAL_STEPS } from '../../../core/artefacts/traversals.ts';
import { readGolden, readModelFolder } from '../../../serve/models/model-folder.ts';
import { digitPngs } from '../digits.ts';
import type { Case, SoakInput } from './cases.ts';

/** Requests that are answered with an explanation. */

const IMAGE_MODEL = 'mnist-disenn';
const OTHER_IMAGE_MODEL = 'mnist-senn';
const TABLE_MODEL = 'compas-senn';
const DIGITS = 6;

const NUMBERS = 'explain=concepts,relevances,contributions';
const BOUNDARY = 'senn-soak';

const image = (bytes: Buffer): SoakInput => ({ kind: 'image', bytes });

/** A form with the files in its field `image`. */
function multipart(files: readonly Buffer[]): Buffer {
  const parts = files.flatMap((file, i) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="${i}.png"\r\nContent-Type: image/png\r\n\r\n`,
    ),
    file,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

interface Posted {
  readonly name: string;
  readonly type: string;
  readonly body: Buffer;
  readonly inputs: readonly SoakInput[];
  readonly query: string;
  readonly model?: string;
  readonly steps?: number;
  readonly golden?: readonly number[];
}

function posted({ name, type, body, inputs, query, model = IMAGE_MODEL, steps, golden }: Posted): Case {
  const check = { kind: 'predictions', model, inputs, steps: steps ?? TRAVERSAL_STEPS.default } as const;
  return {
    name,
    method: 'POST',
    path: `/predict?model=${model}&${query}`,
    headers: { 'Content-Type': type },
    body,
    status: 200,
    check: { ...check, ...(golden && { golden }) },
  };
}

/** The bodies that a digit can come in. */
function digitCases(digits: readonly Buffer[]): Case[] {
  const [first, second, third] = digits as [Buffer, Buffer, Buffer];
  const json = (files: readonly Buffer[]): Buffer =>
    Buffer.from(JSON.stringify({ instances: files.map((file) => ({ image: file.toString('base64') })) }));
  const form = `multipart/form-data; boundary=${BOUNDARY}`;
  const raw = digits.flatMap((body, i) => {
    const of = { type: 'image/png', body, inputs: [image(body)] };
    return [
      posted({ ...of, name: `raw ${i}`, query: NUMBERS }),
      posted({ ...of, name: `raw ${i}, bare`, query: 'explain=none' }),
      posted({ ...of, name: `raw ${i}, ${OTHER_IMAGE_MODEL}`, query: NUMBERS, model: OTHER_IMAGE_MODEL }),
    ];
  });
  const three = [first, second, third];
  return [
    ...raw,
    posted({ name: 'raw, whole', type: 'image/png', body: first, inputs: [image(first)], query: '' }),
    posted({
      name: 'raw, 3 steps',
      type: 'image/png',
      body: second,
      inputs: [image(second)],
      query: 'steps=3',
      steps: 3,
    }),
    posted({ name: 'raw, sheet', type: 'image/png', body: third, inputs: [image(third)], query: 'sheet=1' }),
    posted({
      name: 'raw, contrast',
      type: 'image/png',
      body: first,
      inputs: [image(first)],
      query: `${NUMBERS}&contrast=3`,
    }),
    posted({ name: 'form of one', type: form, body: multipart([first]), inputs: [image(first)], query: NUMBERS }),
    posted({ name: 'form of three', type: form, body: multipart(three), inputs: three.map(image), query: NUMBERS }),
    posted({
      name: 'JSON of one',
      type: 'application/json',
      body: json([second]),
      inputs: [image(second)],
      query: NUMBERS,
    }),
    posted({
      name: 'JSON of three',
      type: 'application/json',
      body: json(three),
      inputs: three.map(image),
      query: NUMBERS,
    }),
  ];
}

/** Images of other sizes, colours and formats than the model's. */
async function oddCases(digit: Buffer): Promise<Case[]> {
  const drawn = sharp(
    await sharp(digit).resize(200, 200).extend({ top: 90, left: 20, right: 60, bottom: 5 }).toBuffer(),
  );
  const clear = {
    create: { width: 40, height: 33, channels: 4 as const, background: { r: 200, g: 30, b: 90, alpha: 0.4 } },
  };
  const files: readonly (readonly [name: string, type: string, bytes: Buffer])[] = [
    ['drawn digit, dark on white', 'image/png', await drawn.clone().negate({ alpha: false }).png().toBuffer()],
    ['drawn digit, JPEG', 'image/jpeg', await drawn.clone().jpeg().toBuffer()],
    ['drawn digit, WebP', 'image/webp', await drawn.clone().webp({ lossless: true }).toBuffer()],
    ['wide digit', 'image/png', await sharp(digit).resize(300, 17, { fit: 'fill' }).png().toBuffer()],
    ['one pixel', 'image/png', await sharp(digit).resize(1, 1).png().toBuffer()],
    ['transparent', 'image/png', await sharp(clear).png().toBuffer()],
    ['large digit', 'image/png', await sharp(digit).resize(1200, 1200).png().toBuffer()],
  ];
  return files.map(([name, type, body]) => posted({ name, type, body, inputs: [image(body)], query: NUMBERS }));
}

/** The rows of `golden.json`, which tfjs has predicted. @param models directory of the models */
async function goldenCases(models: string, model: string): Promise<Case[]> {
  const folder = await readModelFolder(join(models, model));
  const { input } = folder.manifest;
  const tensor = (await readGolden(folder)).tensors['input'];
  if (tensor === undefined) throw new Error(`${model}: golden.json has no tensor "input"`);
  const [count = 0] = tensor.shape;
  const size = tensor.data.length / count;
  const rows = Array.from({ length: count }, (_, n) => tensor.data.slice(n * size, (n + 1) * size));
  return Promise.all(
    rows.map(async (row, n) => {
      const of = { name: `${model}, golden ${n}`, model, query: 'explain=concepts,relevances', golden: [n] };
      if (input.kind === 'tabular') {
        const values = Object.fromEntries(input.features.map(({ name }, i) => [name, row[i] as number]));
        const body = Buffer.from(JSON.stringify({ instances: [{ features: values }] }));
        return posted({ ...of, type: 'application/json', body, inputs: [{ kind: 'tabular', values }] });
      }
      const { width, height } = input;
      const pixels = Uint8Array.from(row, (value) => Math.round(255 * value));
      const body = await sharp(pixels, { raw: { width, height, channels: 1 } })
        .png()
        .toBuffer();
      return posted({ ...of, type: 'image/png', body, inputs: [image(body)] });
    }),
  );
}

/** Rows of a table, one of them far from what the model was trained on. */
async function tableCases(models: string): Promise<Case[]> {
  const { manifest } = await readModelFolder(join(models, TABLE_MODEL));
  if (manifest.input.kind !== 'tabular') throw new Error(`${TABLE_MODEL} must take a table`);
  const names = manifest.input.features.map(({ name }) => name);
  const rowOf = (value: (i: number) => number) => Object.fromEntries(names.map((name, i) => [name, value(i)]));
  const rows = [rowOf((i) => (i % 3 === 0 ? 1 : 0)), rowOf(() => 0), rowOf((i) => 50 * i)];
  const of = (chosen: readonly Record<string, number>[]) => ({
    model: TABLE_MODEL,
    type: 'application/json',
    body: Buffer.from(JSON.stringify({ instances: chosen.map((features) => ({ features })) })),
    inputs: chosen.map((values): SoakInput => ({ kind: 'tabular', values })),
  });
  return [
    posted({ ...of(rows), name: 'three rows', query: NUMBERS }),
    posted({ ...of(rows.slice(0, 1)), name: 'a row, whole', query: '' }),
    posted({ ...of(rows.slice(2)), name: 'a row out of range', query: NUMBERS }),
  ];
}

function figureCases(digit: Buffer, table: Case | undefined): Case[] {
  const of = (accept: string) => ({
    method: 'POST' as const,
    path: `/predict?model=${IMAGE_MODEL}&contrast=3`,
    headers: { 'Content-Type': 'image/png', Accept: accept },
    body: digit,
    status: 200,
  });
  const rows = table && { ...table, headers: { ...table.headers, Accept: 'text/html' } };
  return [
    { ...of('image/png'), name: 'figure, PNG', check: { kind: 'png' } },
    { ...of('text/html'), name: 'figure, HTML', check: { kind: 'html' } },
    ...(rows === undefined ? [] : [{ ...rows, name: 'figure of a row', check: { kind: 'html' } as const }]),
  ];
}

/** Every request that is answered. @param models directory of the models */
export async function goodCases(models: string): Promise<Case[]> {
  const digits = await digitPngs(DIGITS);
  const first = digits[0] as Buffer;
  const golden = await Promise.all(
    [IMAGE_MODEL, OTHER_IMAGE_MODEL, TABLE_MODEL].map((model) => goldenCases(models, model)),
  );
  const tables = await tableCases(models);
  const list: Case = {
    name: 'models',
    method: 'GET',
    path: '/models',
    headers: {},
    status: 200,
    check: { kind: 'json' },
  };
  return [
    ...digitCases(digits),
    ...(await oddCases(first)),
    ...golden.flat(),
    ...tables,
    ...figureCases(first, tables[1]),
    list,
  ];
}
