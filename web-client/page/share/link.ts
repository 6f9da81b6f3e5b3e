import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { sizeOf, type Tensor } from '../../../core/tensor.ts';
import type { View } from '../inputs/submission.ts';

/**
 * A link that shows what the page shows: the input, concepts that are set, and the two classes that are set beside each
 * other. It is all in the fragment, which browsers keep to themselves: no server sees it.
 */
export interface Shared extends View {
  /** `[1, …]`, in the model's units; of an image multiples of 1 / 255 */
  readonly input: Tensor;
}

/** Characters of a fragment that are read: an image of 512 × 512 in colour is more, and has no link. */
export const MOST_CHARACTERS = 65_536;

const text = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const toUrl = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const fromUrl = (encoded: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

const floats = (values: ArrayLike<number>): Uint8Array<ArrayBuffer> => new Uint8Array(Float32Array.from(values).buffer);
const pixels = (values: ArrayLike<number>): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(values, (value) => Math.round(value * 255));

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: GenericTransformStream,
): Promise<ReadableStream<Uint8Array>> {
  return new Blob([bytes]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(await through(bytes, new CompressionStream('deflate-raw'))).arrayBuffer());
}

/** Inflates no more than is wanted, whatever the link says. @throws where it is more or less */
async function inflated(bytes: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(length);
  let size = 0;
  for (const reader = (await through(bytes, new DecompressionStream('deflate-raw'))).getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (size + value.length > length) throw new Error('more than the input has');
    all.set(value, size);
    size += value.length;
  }
  if (size !== length) throw new Error('less than the input has');
  return all;
}

/** The fragment of a link, without `#`; `undefined` where the input is too large for one. */
export async function fragmentOf({ input }: Pick<Manifest, 'input'>, shared: Shared): Promise<string | undefined> {
  const { values, selected, contrast } = shared;
  const bytes = input.kind === 'image' ? pixels(shared.input.data) : floats(shared.input.data);
  const parts = {
    x: toUrl(text(await deflated(bytes))),
    ...(values === undefined ? {} : { h: toUrl(text(floats(values))) }),
    ...(selected === undefined ? {} : { class: String(selected) }),
    ...(contrast === undefined ? {} : { than: String(contrast) }),
  };
  const fragment = new URLSearchParams(parts).toString();
  return fragment.length > MOST_CHARACTERS ? undefined : fragment;
}

/**
 * What a link shows; `undefined` where it is of nothing.
 * @param fragment without `#`
 * @throws invalid_request where it is not one of ours, or of another model
 */
export async function sharedOf(
  manifest: Pick<Manifest, 'name' | 'input' | 'concepts' | 'classes'>,
  fragment: string,
): Promise<Shared | undefined> {
  const parts = new URLSearchParams(fragment);
  const encoded = parts.get('x');
  if (encoded === null) return undefined;
  const index = z.coerce
    .number()
    .int()
    .nonnegative()
    .max(manifest.classes.length - 1)
    .optional();
  const shape = inputShape(manifest as Manifest);
  const count = sizeOf(shape);
  try {
    if (fragment.length > MOST_CHARACTERS) throw new Error('it is too long');
    const isImage = manifest.input.kind === 'image';
    const bytes = await inflated(fromUrl(encoded), isImage ? count : 4 * count);
    const data = isImage ? Float32Array.from(bytes, (byte) => byte / 255) : new Float32Array(bytes.buffer);
    const h = parts.get('h');
    const values = h === null ? undefined : Array.from(new Float32Array(fromUrl(h).buffer));
    if (values !== undefined && values.length !== manifest.concepts.length) throw new Error('other concepts');
    if (![...data, ...(values ?? [])].every(Number.isFinite)) throw new Error('no numbers');
    const [selected, contrast] = ['class', 'than'].map((key) => index.parse(parts.get(key) ?? undefined));
    return { input: { shape: [1, ...shape], data }, values, selected, contrast };
  } catch (error) {
    throw new SennError(
      'invalid_request',
      `the link shows nothing that "${manifest.name}" takes: ${(error as Error).message}`,
      {},
      error,
    );
  }
}
