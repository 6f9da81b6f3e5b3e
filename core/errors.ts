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
  unauthorized: 401,
  forbidden: 403,
  unknown_model: 404,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  precondition_failed: 412,
  payload_too_large: 413,
  image_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  unsupported_input: 422,
  rate_limited: 429,
  shape_mismatch: 500,
  invalid_model: 500,
  verification_failed: 500,
  inference_failed: 500,
  internal: 500,
  unavailable: 503,
  timeout: 504,
  invalid_config: 400,
  unknown_data_set: 400,
  missing_data: 400,
  missing_backend: 400,
  interrupted: 500,
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

/** Issues that one error tells, and characters of each path and message: a request may hold a million wrong things. */
const MOST = { issues: 10, characters: 200 } as const;

/** The beginning of a text that may be long. */
export const shortened = (text: string, characters: number = MOST.characters): string =>
  text.length > characters ? `${text.slice(0, characters)}…` : text;

/**
 * A zod failure as a `SennError`: the first issues, each with its path, and how many there are.
 * @param characters of a message at the most
 */
export function fromZodError(code: ErrorCode, where: string, error: ZodLikeError, characters?: number): SennError {
  const count = error.issues.length;
  const issues = error.issues.slice(0, MOST.issues).map(({ path, message }) => ({
    path: shortened(path.map(String).join('.')),
    message: shortened(message, characters),
  }));
  const lines = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const more = count > issues.length ? [`and ${count - issues.length} more`] : [];
  return new SennError(code, `${where}: ${[...lines, ...more].join('; ')}`, { issues, count });
}
