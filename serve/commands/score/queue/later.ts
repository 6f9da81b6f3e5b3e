/** Waits that do not keep a process. */

/** Milliseconds that an end waits for a Redis that does not answer. */
export const CLOSING = 3000;

export const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
