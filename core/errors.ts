/**
 * Every error that this project raises on purpose, and the HTTP status that carries it.
 * The table is the documentation: a code that is not here does not compile.
 */
export const errorStatus = {
  invalid_request: 400,
  invalid_json: 400,
  invalid_image: 400,
  invalid_features: 400,
  missing_input: 400,
  unknown_model: 404,
  not_found: 404,
  method_not_allowed: 405,
  payload_too_large: 413,
  image_too_large: 413,
  unsupported_media_type: 415,
  unsupported_input: 422,
  shape_mismatch: 500,
  invalid_model: 500,
  verification_failed: 500,
  inference_failed: 500,
  internal: 500,
  unavailable: 503,
  invalid_config: 400,
  unknown_data_set: 400,
  missing_data: 400,
  missing_backend: 400,
  cannot_write: 500,
  unsupported_layer: 400,
  training_failed: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;

/** The one error class: `message` says where, the rule and both values; `details` says it as data. */
export class SennError extends Error {
  override readonly name = 'SennError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

interface ZodLikeError {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** A zod failure as a `SennError`: one line an issue, each with its path. */
export function fromZodError(code: ErrorCode, where: string, error: ZodLikeError): SennError {
  const issues = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const lines = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new SennError(code, `${where}: ${lines.join('; ')}`, { issues });
}
