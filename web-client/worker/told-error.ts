import { type ErrorCode, SennError } from '../../core/errors.ts';

/** Errors between the page and its worker: a `SennError` stays one, with its code, its details and what caused it. */
export type ToldError =
  | {
      readonly kind: 'senn';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
      readonly cause: unknown;
    }
  | { readonly kind: 'other'; readonly error: unknown };

/** An error as a message takes it. */
export function toldError(error: unknown): ToldError {
  if (!(error instanceof SennError)) return { kind: 'other', error };
  const { code, message, details, cause } = error;
  return { kind: 'senn', code, message, details, cause: cause instanceof Error ? cause : undefined };
}

/** The same on the other side. */
export function errorOf(told: ToldError): unknown {
  return told.kind === 'senn' ? new SennError(told.code, told.message, { ...told.details }, told.cause) : told.error;
}

/** What is said in the place of an error, or of an answer, that no message can carry. */
export const unsendable = (what: string, error: unknown): SennError =>
  new SennError('internal', `${what} cannot be sent to another thread: ${String(error)}`);
