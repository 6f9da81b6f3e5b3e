import type { Limits } from '../../config/limits.ts';
import { bytesReader } from './bounded.ts';
import type { ReadInstances } from './instance.ts';

/**
 * Reads a body that is one image file. Which of the types `image/*` it declares does not matter: its bytes say what it
 * is.
 */
export function rawReader(limits: Limits): ReadInstances {
  const readBytes = bytesReader(limits);
  return async (request) => {
    const bytes = await readBytes(request);
    return bytes.length > 0 ? [{ kind: 'image', where: 'image 0', bytes }] : [];
  };
}
