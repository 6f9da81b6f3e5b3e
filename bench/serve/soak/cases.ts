import type { ErrorCode } from '../../../core/errors.ts';

/** One kind of request of the soak, with what its first answer is checked against. */
export interface Case {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly status: number;
  readonly check: Check;
}

/** An input of a request, as the predictor of `core` is given it. */
export type SoakInput =
  | { readonly kind: 'image'; readonly bytes: Buffer }
  | { readonly kind: 'tabular'; readonly values: Readonly<Record<string, number>> };

export type Check =
  /** JSON: the predictions of `core` over these inputs; from tfjs too, where they are rows of `golden.json`. */
  | {
      readonly kind: 'predictions';
      readonly model: string;
      readonly inputs: readonly SoakInput[];
      readonly steps: number;
      readonly golden?: readonly number[];
    }
  /** A figure. */
  | { readonly kind: 'png' }
  | { readonly kind: 'html' }
  /** A refusal. */
  | { readonly kind: 'error'; readonly code: ErrorCode }
  /** JSON that only has to stay what it is. */
  | { readonly kind: 'json' };
