import { SennError } from '../core/errors.ts';

/**
 * What a command prints may have nowhere to go: the disk is full, or whoever read it has gone. That ends nothing, least of
 * all a training, whose run folder counts; but the command must not say by its exit code that all went well.
 */

/** The reader of a pipe has seen enough, as `head`: nobody misses the rest. */
const READER_GONE = 'EPIPE';

/** Listens to the stream from now on. @returns a check to be made at the end of the command, which throws invalid_config */
export function watchOutput(stream: NodeJS.WriteStream): () => Promise<void> {
  let first: NodeJS.ErrnoException | undefined;
  stream.on('error', (error) => {
    first ??= error;
  });
  return async () => {
    await new Promise((resolve) => setImmediate(resolve)); // errors of the last lines come after them
    if (first === undefined || first.code === READER_GONE) return;
    throw new SennError('invalid_config', `standard output: cannot be written (${first.code})`, {}, first);
  };
}
