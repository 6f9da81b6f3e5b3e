import type { Counterfactual } from '../../core/artefacts/counterfactual/counterfactual.ts';
import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import type { Predictor } from '../../core/predictor.ts';
import type { Moved } from '../../core/reasons/moved.ts';
import type { Explained } from './explanation/concept-cell.ts';
import type { Submission } from './inputs/submission.ts';

/** What the page shows: of the input as it is, or with concepts that were set. */
export interface Shown extends Submission, Explained {
  readonly moved?: Moved & {
    /** `[K]`, the concepts as they are set. */
    readonly values: readonly number[];
    /** What set them, unless a hand did. */
    readonly found?: Counterfactual | undefined;
  };
  /** Of a black box, once they are found. */
  readonly attributions?: AttributionAnswers;
}

/** The state as data, for tests and for whoever opens the developer tools. */
export function describe({ manifest, executionProvider }: Predictor, shown: Shown | undefined): string {
  if (shown === undefined) return 'null';
  const { source, name, input, base, prediction, moved, attributions } = shown;
  const traversals = base.traversals.map(({ concept, values }) => ({ concept, values }));
  const { index, probability } = moved?.picture ?? {};
  const reread = index === undefined ? undefined : { label: manifest.classes[index], index, probability };
  const { decoded: _, ...found } = moved?.found ?? {};
  return JSON.stringify({
    model: manifest.name,
    version: manifest.version,
    executionProvider,
    source,
    name,
    input: Array.from(input.data),
    prediction: { ...prediction, traversals },
    moved: moved && { values: moved.values, reread, counterfactual: moved.found && found },
    attributions,
  });
}
