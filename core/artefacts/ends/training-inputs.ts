import type { Concept } from '../../manifest.ts';
import type { StaticFile } from '../artefact.ts';

/**
 * A file of training inputs that the manifest indexes.
 * @param stem of its name
 * @param inputsOf the indices that a concept has
 */
export function trainingInputsFile(stem: string, inputsOf: (concept: Concept) => readonly number[]) {
  return {
    names: { image: `${stem}.png`, tabular: `${stem}.json` },
    counts: ({ concepts }) => concepts.map((concept) => inputsOf(concept).length),
    trainingInputs: ({ concepts }) => concepts.map(inputsOf),
  } as const satisfies StaticFile;
}
