import type { Manifest } from '../../../core/manifest.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Dataset, Split } from '../../datasets/dataset.ts';
import { describeConcepts } from '../concepts.ts';
import { conceptsOfPeople } from '../people/concepts.ts';
import { staticDocuments, trainingInputDocuments } from '../statics.ts';
import { classPrototypesIn } from './class-prototypes.ts';

/** What a model says and shows of its concepts out of its training set: a part of the manifest, and the files beside it. */

/**
 * @param activations `[N, K]`, over the whole training set
 * @param names `[K]`
 */
export function describeTrainingSet(
  activations: Tensor,
  names: readonly string[],
  { input, classes, train, people }: Pick<Dataset, 'input' | 'classes' | 'train' | 'people'>,
): { readonly concepts: Manifest['concepts']; readonly statics: Readonly<Record<string, Uint8Array | string>> } {
  const concepts = describeConcepts(activations, names, train.labels);
  if (people && input.kind === 'tabular') {
    const told = conceptsOfPeople(activations, concepts, { input, train });
    return { concepts: told.concepts, statics: staticDocuments({ input, concepts: told.concepts }, told.statics) };
  }
  const told = withClassPrototypes(concepts, activations, { input, classes, train });
  return { concepts: told, statics: trainingInputDocuments({ input, concepts: told }, train) };
}

/** The same concepts with what each is in each class, of images: pictures can be taken in at a glance. */
export function withClassPrototypes(
  concepts: Manifest['concepts'],
  activations: Tensor,
  { input, classes, train }: Pick<Dataset, 'input' | 'classes'> & { readonly train: Pick<Split, 'labels'> },
): Manifest['concepts'] {
  if (input.kind !== 'image') return concepts;
  const own = classPrototypesIn(activations, train.labels, classes.length);
  return concepts.map((concept, k) => ({ ...concept, classPrototypes: own[k] ?? [] }));
}
