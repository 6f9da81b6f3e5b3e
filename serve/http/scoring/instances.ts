import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { fromZodError, SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { featureRow } from '../../../core/tables/features.ts';
import type { ConcurrencyLimit } from '../../concurrency-limit.ts';
import type { Limits } from '../../config/limits.ts';
import { openImage } from '../../images/decode.ts';
import type { InputName } from '../../jobs/score/payload.ts';
import { bytesReader } from '../body/bounded.ts';
import { checkCount } from '../body/instance.ts';
import { isObject, parseJson } from '../body/parse-json.ts';
import { inputsBudget } from '../body/structure.ts';
import { scoreBodySchema } from './schema.ts';

/** Instances of a body in JSON, as the files that `senn score` reads. */

interface Options {
  readonly limits: Limits;
  /** Reads headers of images when its turn comes. */
  readonly turn: ConcurrencyLimit;
}

type Instance = ReturnType<typeof scoreBodySchema.parse>['instances'][number];

/** A cell by RFC 4180, always quoted: a reader trims what is not. */
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const endings: Readonly<Record<number, string>> = { 137: '.png', 255: '.jpg', 82: '.webp' };

const wrongKind = (i: number, { name, input }: Manifest): SennError =>
  new SennError(
    'unsupported_input',
    `instances.${i}: model "${name}" takes ${input.kind === 'image' ? 'image' : 'features'}`,
    { model: name },
  );

/** @throws invalid_features, unsupported_input */
async function writeRows(instances: readonly Instance[], manifest: Manifest, folder: string): Promise<InputName> {
  const { input } = manifest;
  const lines = instances.map(({ features, label }, i) => {
    if (features == null || input.kind !== 'tabular') throw wrongKind(i, manifest);
    featureRow(features, `instances.${i}`, input); // throws where one is missing or unknown
    return JSON.stringify({ features, ...(label != null && { label }) });
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
  for (const [i, { image, label }] of instances.entries()) {
    if (image == null || manifest.input.kind !== 'image') throw wrongKind(i, manifest);
    const bytes = Buffer.from(image, 'base64');
    pixels += (await turn(() => openImage(bytes, `instances.${i}`, { maxPixels, maxSide }))).pixels;
    if (pixels > pixelsPerRequest) {
      const rule = `images of more than ${pixelsPerRequest} pixels; no more are decoded for one request`;
      throw new SennError('image_too_large', `body: ${rule}`, { pixels, maxPixels: pixelsPerRequest });
    }
    const name = `${String(i).padStart(6, '0')}${endings[bytes[0] as number] ?? '.png'}`;
    if (label != null) labels.push(`${name},${cell(label)}`);
    await writeFile(join(folder, 'images', name), bytes);
  }
  if (labels.length > 0) await writeFile(join(folder, 'images', 'labels.csv'), `file,label\n${labels.join('\n')}\n`);
  return 'images';
}

/** What a body in JSON holds. */
export interface SentInstances {
  readonly kind: Manifest['input']['kind'];
  readonly instances: readonly Instance[];
  readonly bytes: number;
  /** SHA-256 of the body, in hexadecimal. */
  readonly digest: string;
}

/**
 * @param models that it may be for
 * @throws invalid_json, invalid_request, payload_too_large
 */
export async function readInstances(
  request: IncomingMessage,
  models: readonly Manifest[],
  limits: Limits,
): Promise<SentInstances> {
  const bytes = await bytesReader(limits)(request);
  const body = await parseJson(bytes, inputsBudget(models, limits, false));
  const sent: unknown = isObject(body) ? body['instances'] : undefined;
  if (Array.isArray(sent)) checkCount(sent.length, 'instances', limits);
  const parsed = scoreBodySchema.safeParse(body);
  if (!parsed.success) throw fromZodError('invalid_request', 'body', parsed.error);
  const { instances } = parsed.data;
  const kind = instances[0]?.image == null ? 'tabular' : 'image';
  return { kind, instances, bytes: bytes.length, digest: createHash('sha256').update(bytes).digest('hex') };
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
