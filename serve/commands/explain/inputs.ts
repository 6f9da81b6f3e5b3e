import { readFile } from 'node:fs/promises';
import { tableRowsSchema } from '../../../core/api.ts';
import { fromZodError, SennError } from '../../../core/errors.ts';
import type { ImageInput } from '../../../core/images/prepare.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { featureRow, type TabularInput } from '../../../core/tables/features.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { withoutByteOrderMark } from '../../../core/text/byte-order-mark.ts';
import { unsafeNameIn, unsafeNameRule } from '../../../core/text/unsafe-name.ts';
import { defaultLimits } from '../../config/limits.ts';
import { prepareImage } from '../../images/prepare.ts';

/** An input out of a file. */
export interface NamedInput {
  /** The file, and which row of it where it holds several. */
  readonly name: string;
  /** `[1, …]` in the model's units */
  readonly input: Tensor;
}

/** @throws unsupported_media_type, image_too_large, invalid_image */
async function readImage(bytes: Buffer, path: string, input: ImageInput): Promise<NamedInput[]> {
  const options = { invert: 'auto', maxPixels: defaultLimits.pixelsPerImage } as const;
  return [{ name: path, input: await prepareImage(bytes, path, input, options) }];
}

/** One `{"features": {…}}`, an array of them, or what `/predict` takes. @throws invalid_json, invalid_features */
async function readTable(bytes: Buffer, path: string, input: TabularInput): Promise<NamedInput[]> {
  const content = parseJson(bytes, path);
  const rows = tableRowsSchema.safeParse(Array.isArray(content) ? content : [content]);
  if (!rows.success) throw fromZodError('invalid_features', path, rows.error);
  return rows.data.map(({ features }, i) => {
    const name = rows.data.length === 1 ? path : `${path}, row ${i}`;
    return { name, input: featureRow(features, name, input) };
  });
}

/** @throws invalid_json, invalid_features */
function parseJson(bytes: Buffer, path: string): unknown {
  const text = withoutByteOrderMark(bytes.toString('utf8'));
  const content = valueOf(text, path);
  const unsafe = unsafeNameIn(content, text);
  if (unsafe !== undefined) {
    throw new SennError('invalid_features', unsafeNameRule(unsafe === '' ? path : `${path}: ${unsafe}`), { path });
  }
  return typeof content === 'object' && content !== null && 'instances' in content ? content.instances : content;
}

function valueOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SennError('invalid_json', `${path}: must be JSON: ${(error as Error).message}`, { path }, error);
  }
}

type Read = (bytes: Buffer, path: string, input: never) => Promise<NamedInput[]>;

const readers = { image: readImage, tabular: readTable } satisfies Record<Manifest['input']['kind'], Read>;

/**
 * The inputs of files: an image each, or JSON for a model of tables.
 * @throws missing_data where a file cannot be read, and what its content is refused for
 */
export async function readInputs(paths: readonly string[], { input }: Manifest): Promise<NamedInput[]> {
  const read: Read = readers[input.kind];
  const inputs = await Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        throw new SennError('missing_data', `${path}: cannot be read (${error.code})`, { path });
      });
      return read(bytes, path, input as never);
    }),
  );
  return inputs.flat();
}
