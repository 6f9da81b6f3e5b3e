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
  /**
   * Takes inputs for a model from now on, and submits what was given before, or else the first example.
   * @param examples `[N, …]`, real inputs; `undefined` where there are none
   * @throws unsupported_input
   */
  open(manifest: Manifest, examples: Tensor | undefined): void;
  /** Forgets the model and all that was given. */
  close(): void;
}

/** Examples that are offered at most. */
export const MAX_EXAMPLES = 12;
