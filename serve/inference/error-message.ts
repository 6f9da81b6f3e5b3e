import { type ErrorCode, SennError } from '../../core/errors.ts';

/** An error as data: a thrown `SennError` would lose its code on the way to another thread or process. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly stack: string | undefined;
}

export function errorMessage(error: unknown): ErrorMessage {
  if (error instanceof SennError) {
    const { code, message, details, stack } = error;
    return { code, message, details, stack };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: 'internal', message, details: {}, stack };
}

/**
 * The error as it was raised. One that nobody foresaw stays a plain `Error`, so that its message goes to the log alone.
 */
export function fromMessage({ code, message, details, stack }: ErrorMessage): Error {
  const error = code === 'internal' ? new Error(message) : new SennError(code, message, { ...details });
  return Object.assign(error, stack === undefined ? {} : { stack });
}
