import { prototypesOfRows, prototypesOfSheet } from '../../core/artefacts/prototypes.ts';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import { decodePng } from '../images/png.ts';

/** Reads the prototypes of a model: a PNG sheet of images, or a JSON table. */

/** Runs a parser of a file; whatever it throws becomes our error. @throws invalid_model */
function parsed<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new SennError('invalid_model', `${where}: ${(error as Error).message}`, { file: where }, error);
  }
}

const decoders = {
  image: (bytes, manifest, where) =>
    prototypesOfSheet(
      parsed(where, () => decodePng(bytes)),
      manifest,
      where,
    ),
  tabular: (bytes, manifest, where) => {
    const content: unknown = parsed(where, () => JSON.parse(Buffer.from(bytes).toString('utf8')));
    return prototypesOfRows(content, manifest, where);
  },
} satisfies Record<Manifest['input']['kind'], (bytes: Uint8Array, manifest: Manifest, where: string) => Tensor>;

/**
 * The prototypes of a model out of the file that its manifest lists.
 * @param where what the file is called
 * @returns `[K, P, …]` in the units of `input`
 * @throws invalid_model
 */
export function decodePrototypes(bytes: Uint8Array, manifest: Manifest, where: string): Tensor {
  return decoders[manifest.input.kind](bytes, manifest, where);
}
