import type { Manifest } from '../../../core/manifest.ts';
import type { Tensor } from '../../../core/tensor.ts';

/** An input that is to be explained. */
export interface Submission {
  readonly source: 'drawing' | 'file' | 'form' | 'example';
  /** What the user would call it: a file's name, an example's number. */
  readonly name: string;
  /** `[1, …]`, in the model's units */
  readonly input: Tensor;
}

/** What a panel does with what it is given. */
export interface Outlet {
  submit(submission: Submission): void;
  /** Nothing that can be explained is there any more. */
  withdraw(): void;
  report(error: unknown): void;
}

/** Where the inputs of one kind come from. */
export interface InputPanel {
  /** Whether a model is one for this panel. @throws unsupported_input */
  check(manifest: Manifest): void;
  /**
   * Takes inputs for a model from now on. It submits what was given to the page before, whichever model that was for, and
   * where nothing was, or nothing that this model takes, the first example.
   * @param examples `[N, …]`, real inputs; `undefined` where there are none
   * @throws unsupported_input
   */
  open(manifest: Manifest, examples: Tensor | undefined): void;
}

/** Examples that are offered at most. */
export const MAX_EXAMPLES = 12;
