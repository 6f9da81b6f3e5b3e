import { constants, open } from 'node:fs/promises';

/**
 * The bytes of a file that must be a regular one. A pipe or a device that lies in the place of a file is refused: to read
 * a pipe that nobody writes to would wait for ever, and whatever waits for its turn with it.
 * @throws what the file system says, by `code`; EINVAL of what is no regular file
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw Object.assign(new Error(`${path}: is a folder`), { code: 'EISDIR' });
    if (!stats.isFile()) throw Object.assign(new Error(`${path}: is no regular file`), { code: 'EINVAL' });
    return await file.readFile();
  } finally {
    await file.close();
  }
}
