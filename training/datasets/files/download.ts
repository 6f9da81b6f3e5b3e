import { SennError } from '../../../core/errors.ts';

/** Fetches the file of a data set once, and keeps it only if its digest is the known one. */

interface DownloadLimits {
  /** The answer is broken off as soon as it is longer. */
  readonly maxBytes: number;
  readonly timeoutSeconds?: number;
}

/** The body of an answer, in memory. @throws missing_data */
export async function download(url: string, { maxBytes, timeoutSeconds = 60 }: DownloadLimits): Promise<Uint8Array> {
  const failed = (reason: string, cause?: unknown): SennError =>
    new SennError('missing_data', `downloading ${url} failed: ${reason}`, { url }, cause);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutSeconds * 1000) });
    if (!answer.ok || answer.body === null) throw failed(`the server answered ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.body) {
      length += chunk.length;
      if (length > maxBytes) throw failed(`more than the ${maxBytes} bytes that the file has`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  } catch (error) {
    if (error instanceof SennError) throw error;
    const { name, cause, message } = error as Error;
    const reason =
      name === 'TimeoutError' ? `no answer within ${timeoutSeconds} s` : ((cause as Error)?.message ?? message);
    throw failed(reason, error);
  }
}
