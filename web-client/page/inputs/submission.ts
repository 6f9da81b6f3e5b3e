import type { Manifest } from '../../../core/manifest.ts';
import type { Tensor } from '../../../core/tensor.ts';

/** An input that is to be explained. */
export interface Submission {
  readonly source: 'drawing' | 'file' | 'form' | 'example' | 'link';
  /** What the user would call it: a file's name, an example's number. */
  readonly name: string;
  /** `[1, …]`, in the model's units */
  readonly input: Tensor;
  /** What is shown of it besides, where it is shown again. */
  readonly view?: View | undefined;
}

/** Concepts that are set, `[K]`, and the two classes that are set beside each other. */
export interface View {
  readonly values?: readonly number[] | undefined;
  readonly selected?: number | undefined;
  readonly contrast?: number | undefined;
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
   * @param first what it submits instead
   * @throws unsupported_input
   */
  open(manifest: Manifest, examples: Tensor | undefined, first?: Submission): void;
  /** Shows what was given before, and submits it once more; `undefined` empties the panel. */
  restore(submission: Submission | undefined): void;
}

/** Examples that are offered at most. */
export const MAX_EXAMPLES = 12;
