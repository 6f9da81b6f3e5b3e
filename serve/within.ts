import { SennError } from '../core/errors.ts';

/** Milliseconds that reading and opening a model may take: far more than a large one needs, from a slow disk. */
export const CHANGE_TIMEOUT = 120_000;

/** Of work that has a time: it is over, and nobody waits for the result any more. */
export interface Late {
  readonly aborted: boolean;
}

/**
 * What the work gives, where it comes in time. Work cannot be stopped where a thread waits in the file system: it goes on,
 * and looks at `late` before it changes anything.
 * @param what is being done, for the error
 * @throws what the work throws; timeout
 */
export async function within<T>(milliseconds: number, what: string, work: (late: Late) => Promise<T>): Promise<T> {
  const late = { aborted: false };
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late.aborted = true;
      reject(new SennError('timeout', `${what}: not done within ${milliseconds} ms`, { milliseconds }));
    }, milliseconds);
  });
  try {
    return await Promise.race([work(late), over]);
  } finally {
    clearTimeout(timer);
  }
}
