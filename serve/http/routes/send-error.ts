import { type ErrorCode, SennError } from '../../../core/errors.ts';

/** Reasons for which Express's `send` refuses a file, by the status that it gives them, as errors of ours. */
const refusals: Readonly<Record<number, { readonly code: ErrorCode; readonly rule: string }>> = {
  400: { code: 'invalid_request', rule: 'is no valid path' },
  403: { code: 'not_found', rule: 'is not there' },
  404: { code: 'not_found', rule: 'is not there' },
  412: { code: 'precondition_failed', rule: 'is not as the conditions of the request say' },
  416: { code: 'range_not_satisfiable', rule: 'does not have the range that was asked for' },
};

/**
 * A failure of `send` as a `SennError` that names the URL's path and not the file's place on disk; any other error as
 * it is.
 */
export function fromSendError(error: unknown, path: string): unknown {
  const status = (error as { status?: unknown } | undefined)?.status;
  const refusal = typeof status === 'number' ? refusals[status] : undefined;
  return refusal === undefined ? error : new SennError(refusal.code, `${path} ${refusal.rule}`, { path }, error);
}
