import type { Concept } from '../../manifest.ts';
import type { StaticFile } from '../artefact.ts';

/**
 * A file of training inputs that the manifest indexes, or of means of groups of them that it counts.
 * @param stem of its name
 * @param inputsOf the indices that a concept has
 * @param groupsOf the sizes of its groups, where the training inputs are people
 */
export function trainingInputsFile(
  stem: string,
  inputsOf: (concept: Concept) => readonly number[],
  groupsOf: (groups: NonNullable<Concept['groups']>) => readonly number[],
) {
  return {
    names: { image: `${stem}.png`, tabular: `${stem}.json` },
    counts: ({ concepts }) =>
      concepts.map((concept) => (concept.groups ? groupsOf(concept.groups) : inputsOf(concept)).length),
    trainingInputs: ({ concepts }) => concepts.map(inputsOf),
  } as const satisfies StaticFile;
}
