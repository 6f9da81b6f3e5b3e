import { openPromise, type ZipFile } from 'yauzl';
import { SennError } from '../../../core/errors.ts';

/** `.npz`, NumPy's zip of arrays. */

/**
 * What is read of a `.npz` file, which is closed afterwards.
 * @throws missing_data where the file cannot be read, and what `read` throws
 */
export async function readNpz<Found>(path: string, read: (zip: ZipFile) => Promise<Found>): Promise<Found> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { autoClose: false });
    return await read(zip);
  } catch (cause) {
    if (cause instanceof SennError) throw cause;
    throw new SennError(
      'missing_data',
      `${path}: cannot be read as .npz: ${(cause as Error).message}`,
      { path },
      cause,
    );
  } finally {
    zip?.close();
  }
}
