import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { z } from 'zod';
import type { featuresSchema } from '../../../core/api.ts';
import { fromZodError, SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { featureRow } from '../../../core/tables/features.ts';
import type { ConcurrencyLimit } from '../../concurrency-limit.ts';
import type { Limits } from '../../config/limits.ts';
import { openImage } from '../../images/decode.ts';
import type { InputName } from '../../jobs/score/payload.ts';
import { bytesReader, checkLength } from '../body/bounded.ts';
import { checkCount } from '../body/instance.ts';
import { formReader } from '../body/multipart.ts';
import { isObject, parseJson } from '../body/parse-json.ts';
import { inputsBudget } from '../body/structure.ts';
import { labelsSchema, scoreBodySchema } from './schema.ts';

/** Instances of a body in JSON, or images of a form, as the files that `senn score` reads. */

interface Options {
  readonly limits: Limits;
  /** Reads headers of images when its turn comes. */
  readonly turn: ConcurrencyLimit;
}

/** One thing to score, whatever body it came in. */
interface Instance {
  /** What it is called in errors. */
  readonly where: string;
  /** A file, as it was sent. */
  readonly image?: Uint8Array;
  readonly features?: z.output<typeof featuresSchema>;
  /** The class it is of, by its name. */
  readonly label?: string;
}

/** A cell by RFC 4180, always quoted: a reader trims what is not. */
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const endings: Readonly<Record<number, string>> = { 137: '.png', 255: '.jpg', 82: '.webp' };

const wrongKind = (where: string, { name, input }: Manifest): SennError =>
  new SennError(
    'unsupported_input',
    `${where}: model "${name}" takes ${input.kind === 'image' ? 'image' : 'features'}`,
    { model: name },
  );

/** @throws invalid_features, unsupported_input */
async function writeRows(instances: readonly Instance[], manifest: Manifest, folder: string): Promise<InputName> {
  const { input } = manifest;
  const lines = instances.map(({ where, features, label }) => {
    if (features === undefined || input.kind !== 'tabular') throw wrongKind(where, manifest);
    featureRow(features, where, input); // throws where one is missing or unknown
    return JSON.stringify({ features, ...(label !== undefined && { label }) });
  });
  await writeFile(join(folder, 'input.ndjson'), `${lines.join('\n')}\n`);
  return 'input.ndjson';
}

/** @throws unsupported_media_type, image_too_large, invalid_image, unsupported_input */
async function writeImages(
  instances: readonly Instance[],
  manifest: Manifest,
  folder: string,
  { limits, turn }: Options,
): Promise<InputName> {
  const { pixelsPerImage: maxPixels, pixelsPerSide: maxSide, pixelsPerRequest } = limits;
  await mkdir(join(folder, 'images'));
  const labels: string[] = [];
  let pixels = 0;
  for (const [i, { where, image: bytes, label }] of instances.entries()) {
    if (bytes === undefined || manifest.input.kind !== 'image') throw wrongKind(where, manifest);
    pixels += (await turn(() => openImage(bytes, where, { maxPixels, maxSide }))).pixels;
    if (pixels > pixelsPerRequest) {
      const rule = `images of more than ${pixelsPerRequest} pixels; no more are decoded for one request`;
      throw new SennError('image_too_large', `body: ${rule}`, { pixels, maxPixels: pixelsPerRequest });
    }
    const name = `${String(i).padStart(6, '0')}${endings[bytes[0] as number] ?? '.png'}`;
    if (label !== undefined) labels.push(`${name},${cell(label)}`);
    await writeFile(join(folder, 'images', name), bytes);
  }
  if (labels.length > 0) await writeFile(join(folder, 'images', 'labels.csv'), `file,label\n${labels.join('\n')}\n`);
  return 'images';
}

/** What a body in JSON, or a form, holds. */
export interface SentInstances {
  readonly kind: Manifest['input']['kind'];
  readonly instances: readonly Instance[];
  readonly bytes: number;
  /** SHA-256 of what it holds, in hexadecimal. */
  readonly digest: string;
}

/**
 * @param models that it may be for
 * @throws invalid_json, invalid_request, payload_too_large
 */
export async function readInstances(
  request: IncomingMessage,
  limits: Limits,
  models: readonly Manifest[],
): Promise<SentInstances> {
  const bytes = await bytesReader(limits)(request);
  const body = await parseJson(bytes, inputsBudget(models, limits, false));
  const sent: unknown = isObject(body) ? body['instances'] : undefined;
  if (Array.isArray(sent)) checkCount(sent.length, 'instances', limits);
  const parsed = scoreBodySchema.safeParse(body);
  if (!parsed.success) throw fromZodError('invalid_request', 'body', parsed.error);
  const instances = parsed.data.instances.map(({ image, features, label }, i) => ({
    where: `instances.${i}`,
    ...(image != null && { image: Buffer.from(image, 'base64') }),
    ...(features != null && { features }),
    ...(label != null && { label }),
  }));
  const kind = instances[0]?.image === undefined ? 'tabular' : 'image';
  return { kind, instances, bytes: bytes.length, digest: createHash('sha256').update(bytes).digest('hex') };
}

const LABELS = 'labels';

/** @throws invalid_request */
function labelsOf(text: string | undefined, images: number): readonly (string | null)[] {
  if (text === undefined) return [];
  let labels: unknown;
  try {
    labels = JSON.parse(text);
  } catch {} // refused below
  const { data } = labelsSchema.safeParse(labels);
  if (data?.length === images) return data;
  const got = data === undefined ? '' : `, not ${data.length}`;
  const message = `multipart: ${LABELS} must be a JSON array of ${images} names of classes or null, one for each image${got}`;
  throw new SennError('invalid_request', message, { images });
}

/**
 * The images of a form, and in its field `labels` their classes: `["7", null]`.
 * @throws missing_input, invalid_request, payload_too_large
 */
export async function readForm(request: IncomingMessage, limits: Limits): Promise<SentInstances> {
  checkLength(request, limits);
  const { images, texts } = await formReader(limits, [LABELS])(request);
  if (images.length === 0) {
    throw new SennError('missing_input', 'multipart: nothing to score; send files in the field "image"', {});
  }
  const labels = labelsOf(texts[LABELS], images.length);
  const hash = createHash('sha256').update(JSON.stringify(labels));
  for (const { bytes } of images) hash.update(`${bytes.length} `).update(bytes);
  return {
    kind: 'image',
    instances: images.map(({ where, bytes }, i) => ({
      where,
      image: bytes,
      ...(labels[i] != null && { label: labels[i] }),
    })),
    bytes: images.reduce((sum, { bytes }) => sum + bytes.length, 0),
    digest: hash.digest('hex'),
  };
}

/** Writes instances into the folder. @throws what is wrong with one */
export const writeInstances = (
  { instances }: SentInstances,
  manifest: Manifest,
  folder: string,
  options: Options,
): Promise<InputName> =>
  manifest.input.kind === 'image'
    ? writeImages(instances, manifest, folder, options)
    : writeRows(instances, manifest, folder);
