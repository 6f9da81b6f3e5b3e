/**
 * The one place of every error that this project raises on purpose: what carries it over HTTP, what the command exits
 * with, and what it means. A code that is not here does not compile; docs/errors.md is written from this table
 * (`npm run docs:errors`).
 */

interface ErrorRow {
  /** HTTP status of the answer, 4xx where the request can be mended and 5xx where it cannot. */
  readonly status: number;
  /**
   * Of the command: 1 failed, 2 used wrongly (what was asked for does not exist or contradicts itself); 0 is "done".
   */
  readonly exitCode: 1 | 2;
  /** Half a sentence for the documentation, in Markdown. */
  readonly meaning: string;
}

export const errorCodes = {
  // What a request says.
  invalid_request: {
    status: 400,
    exitCode: 1,
    meaning: 'a query parameter or the shape of a body is not as documented, or the request is no HTTP',
  },
  invalid_json: { status: 400, exitCode: 1, meaning: 'the body is not JSON' },
  invalid_image: { status: 400, exitCode: 1, meaning: 'the image is broken off or cannot be decoded' },
  invalid_features: { status: 400, exitCode: 1, meaning: 'a feature is missing, unknown or not a finite number' },
  missing_input: { status: 400, exitCode: 1, meaning: 'the request holds nothing to predict' },
  unauthorized: {
    status: 401,
    exitCode: 1,
    meaning: 'the server asks for an API key, and the request has none, or one that it does not know',
  },
  forbidden: { status: 403, exitCode: 1, meaning: 'the key, or the place the request comes from, does not allow this' },
  unknown_model: { status: 404, exitCode: 1, meaning: 'no model of that name is served' },
  not_found: { status: 404, exitCode: 1, meaning: 'no such route or file' },
  method_not_allowed: { status: 405, exitCode: 1, meaning: 'the route exists, but not for this method' },
  not_acceptable: { status: 406, exitCode: 1, meaning: 'the answer exists in none of the types that `Accept` names' },
  request_timeout: { status: 408, exitCode: 1, meaning: 'the request did not come whole in the time that it has' },
  conflict: {
    status: 409,
    exitCode: 1,
    meaning: 'an idempotency key stands for another job, or a job has no report because it has not ended well',
  },
  precondition_failed: { status: 412, exitCode: 1, meaning: '`If-Match` or `If-Unmodified-Since` does not hold' },
  payload_too_large: {
    status: 413,
    exitCode: 1,
    meaning: 'the body, or the number of images or rows, is over the limit',
  },
  image_too_large: {
    status: 413,
    exitCode: 1,
    meaning: 'the header of an image promises more pixels than are decoded',
  },
  unsupported_media_type: {
    status: 415,
    exitCode: 1,
    meaning: 'the bytes are no PNG, JPEG or WebP, or the body is of another type',
  },
  range_not_satisfiable: { status: 416, exitCode: 1, meaning: '`Range` lies outside the file' },
  expectation_failed: { status: 417, exitCode: 1, meaning: '`Expect` asks for something else than `100-continue`' },
  unsupported_input: {
    status: 422,
    exitCode: 2,
    meaning: 'the model takes images and got features, or the other way round',
  },
  rate_limited: {
    status: 429,
    exitCode: 1,
    meaning: 'more requests in a minute than this client may make; try again after `Retry-After` seconds',
  },
  header_too_large: { status: 431, exitCode: 1, meaning: 'the header of the request is larger than 16 KiB' },
  // What a command or a configuration says.
  invalid_config: {
    status: 400,
    exitCode: 2,
    meaning: 'a configuration, flag or folder contradicts the rules, or an output cannot be written',
  },
  unknown_data_set: { status: 400, exitCode: 2, meaning: 'no such data set or split' },
  missing_data: { status: 400, exitCode: 2, meaning: 'a file that was named cannot be read' },
  missing_backend: { status: 400, exitCode: 1, meaning: 'the TensorFlow.js backend that was asked for does not start' },
  unsupported_layer: { status: 400, exitCode: 1, meaning: 'a layer that cannot be exported' },
  // What fails although it was asked for rightly.
  shape_mismatch: { status: 500, exitCode: 1, meaning: 'tensors whose shapes do not fit each other' },
  invalid_model: {
    status: 500,
    exitCode: 1,
    meaning: 'a model folder that is incomplete, changed or not of the contract',
  },
  verification_failed: { status: 500, exitCode: 1, meaning: 'a runtime does not give the golden outputs' },
  inference_failed: { status: 500, exitCode: 1, meaning: 'the runtime failed, or gave values that are not finite' },
  training_failed: { status: 500, exitCode: 1, meaning: 'a loss term is not finite' },
  interrupted: { status: 500, exitCode: 1, meaning: 'training was stopped, and left a checkpoint' },
  internal: { status: 500, exitCode: 1, meaning: 'a defect of this project; the log has the stack' },
  unavailable: {
    status: 503,
    exitCode: 1,
    meaning: 'too much is in work already; try again after `Retry-After` seconds',
  },
  timeout: {
    status: 504,
    exitCode: 1,
    meaning: 'an answer, or a change of the models, took longer than the server lets one take',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorCodes;

/** All of them, for schemas. */
export const errorCodeNames = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

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

  /** HTTP status that carries it. */
  get status(): number {
    return errorCodes[this.code].status;
  }

  /** What the command exits with because of it. */
  get exitCode(): 1 | 2 {
    return errorCodes[this.code].exitCode;
  }
}

interface ZodLikeError {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/**
 * The most issues that one error tells, and characters of each path and message: a request may hold a million faults.
 */
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
