import type { Statics } from '../../core/artefacts/artefact.ts';
import { staticFiles } from '../../core/artefacts/index.ts';
import { staticOfRows, staticOfSheet } from '../../core/artefacts/static-content.ts';
import { SennError } from '../../core/errors.ts';
import type { ListedFile, Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import { decodePng } from '../images/png.ts';

/** The static artefacts of a model, out of the files that its manifest lists. */

/** What the bytes say, however they are wrong. @throws invalid_model */
function parsed<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new SennError('invalid_model', `${where}: ${(error as Error).message}`, { file: where }, error);
  }
}

type Decode = (bytes: Uint8Array, counts: readonly number[], manifest: Manifest, where: string) => Tensor;

const decoders = {
  image: (bytes, counts, manifest, where) => {
    const sheet = parsed(where, () => decodePng(bytes));
    return staticOfSheet(sheet, counts, manifest, where);
  },
  tabular: (bytes, counts, manifest, where) => {
    const content: unknown = parsed(where, () => JSON.parse(Buffer.from(bytes).toString('utf8')));
    return staticOfRows(content, counts, manifest, where);
  },
} satisfies Record<Manifest['input']['kind'], Decode>;

/**
 * The content of one static artefact.
 * @param counts `[K]`, how many inputs the file holds of each concept
 * @param where what the file is called in messages
 * @returns `[K, P, …]` in the units of `input`
 * @throws invalid_model
 */
export const decodeStatic: Decode = (bytes, counts, manifest, where) =>
  decoders[manifest.input.kind](bytes, counts, manifest, where);

/**
 * Every static artefact that the manifest has a file of and this version knows.
 * @param read the bytes of a listed file
 * @param where what a file is called in messages
 * @throws invalid_model
 */
export async function readStatics(
  manifest: Manifest,
  read: (file: ListedFile) => Promise<Uint8Array> | Uint8Array,
  where: (file: string) => string = (file) => file,
): Promise<Statics> {
  const statics: Record<string, Tensor> = {};
  for (const [name, { counts }] of staticFiles) {
    const file = manifest.files[name];
    if (file === undefined) continue;
    statics[name] = decodeStatic(await read(file), counts(manifest), manifest, where(file.file));
  }
  return statics;
}
