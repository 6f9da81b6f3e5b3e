import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import type { ImageInput } from '../../../core/images/prepare.ts';
import { byteSplit } from '../bytes.ts';
import { type Split, subsetOf } from '../dataset.ts';
import { defineDataset } from '../definition.ts';
import { partition, randomSplit, splitSeed } from '../splits.ts';
import { validation } from '../validation.ts';
import { decodeImages } from './decode.ts';
import { type ImageFile, type ImageFolder, listImages } from './folder.ts';

/** Bytes that the decoded images of a part may take. */
const MAX_BYTES = 2 ** 31;

const side = z.int().min(1).max(4096);

const schema = z.strictObject({
  name: z.literal('images'),
  /** A folder of folders, one a class, of PNG, JPEG or WebP files; or `train` and `test`, each such a folder. */
  path: z.string().min(1),
  height: side,
  width: side,
  channels: z.union([z.literal(1), z.literal(3)]).default(3),
  /** Only for drawings of one channel: their strokes are framed, as in MNIST. */
  foreground: z.enum(['light', 'dark']).optional(),
  /** For a folder without `train` and `test`; a fifth is the test set when absent. */
  split: randomSplit.optional(),
  splitSeed,
  validation,
});

type Config = z.infer<typeof schema>;
type SplitFolder = Exclude<ImageFolder, { layout: 'flat' }>;

async function listClasses({ path, split }: Config): Promise<SplitFolder> {
  const folder = await listImages(path);
  const refuse = (code: 'missing_data' | 'invalid_config', reason: string): SennError =>
    new SennError(code, `${path}: ${reason}`, { path });
  if (folder.layout === 'flat')
    throw refuse('missing_data', 'holds images, but must hold a folder of images for each class');
  if (folder.layout === 'parts' && split !== undefined) {
    throw refuse('invalid_config', 'has the parts train and test of its own, so data.split must be left out');
  }
  return folder;
}

function classNames(path: string, files: readonly ImageFile[]): string[] {
  const classes = [...new Set(files.map(({ label }) => label as string))].sort();
  if (classes.length < 2) {
    throw new SennError('missing_data', `${path}: must hold two classes or more, got ${classes.join(', ')}`, {
      classes,
    });
  }
  return classes;
}

/** Images decoded and kept as bytes: `[N, C, H, W]`. */
async function readPart(files: readonly ImageFile[], classes: readonly string[], input: ImageInput): Promise<Split> {
  const { channels, height, width } = input;
  const size = channels * height * width;
  if (files.length * size > MAX_BYTES) {
    throw new SennError(
      'invalid_config',
      `data: ${files.length} images of ${channels} × ${height} × ${width} take ${files.length * size} bytes; at most ${MAX_BYTES} are kept`,
      { images: files.length, bytes: files.length * size, maxBytes: MAX_BYTES },
    );
  }
  const bytes = new Uint8Array(files.length * size);
  await decodeImages(
    files.map(({ path }) => path),
    input,
    (values, index) => {
      bytes.set(
        values.map((value) => Math.round(255 * value)),
        index * size,
      );
    },
  );
  const labels = Int32Array.from(files, ({ label }) => classes.indexOf(label as string));
  return byteSplit([files.length, channels, height, width], bytes, labels);
}

/** SHA-256 over the names and bytes of the files, in order. */
async function digestOf(folder: string, files: readonly ImageFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { path } of files) {
    hash.update(`${relative(folder, path).replaceAll('\\', '/')}\n`);
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** A folder of images, one folder a class, decoded once to the size that is asked for and kept as bytes. */
export const images = defineDataset(schema, async (config) => {
  const { path, channels, height, width, foreground } = config;
  const folder = await listClasses(config);
  const input: ImageInput = {
    kind: 'image',
    channels,
    height,
    width,
    ...(foreground === undefined ? {} : { foreground }),
  };
  const files = folder.layout === 'parts' ? [...folder.train, ...folder.test] : folder.files;
  const classes = classNames(path, files);
  const parts = async (): Promise<{ train: Split; test: Split }> => {
    if (folder.layout === 'parts') {
      return { train: await readPart(folder.train, classes, input), test: await readPart(folder.test, classes, input) };
    }
    const whole = await readPart(folder.files, classes, input);
    const { train, test } = partition(config.split ?? { by: 'random', test: 0.2 }, config.splitSeed, whole.labels);
    return { train: subsetOf(whole, train), test: subsetOf(whole, test) };
  };
  return { name: 'images', input, classes, ...(await parts()), sha256: await digestOf(path, files) };
});
