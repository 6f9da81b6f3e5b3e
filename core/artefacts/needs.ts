import { planOf } from '../graphs.ts';
import type { Described } from './artefact.ts';

/** What artefacts may need of a model, as tests with the words for them. */

interface Need {
  readonly needs: string;
  isPossible(model: Described): boolean;
}

/** h and θ: every model with concepts. */
export const needsConcepts: Need = {
  needs: 'concepts and relevances',
  isPossible: ({ graphs }) => planOf(graphs, ['input'], ['concepts', 'relevances']) !== undefined,
};

export const needsDecoder: Need = {
  needs: 'a decoder',
  isPossible: ({ graphs }) => planOf(graphs, ['concepts'], ['reconstruction']) !== undefined,
};

/** A file in the model's folder, under the artefact's name. */
export const needsFile = (artefact: string): Need => ({
  needs: `a file of its ${artefact}`,
  isPossible: ({ files }) => Object.hasOwn(files, artefact),
});
