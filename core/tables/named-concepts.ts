import type { Manifest } from '../manifest.ts';

/**
 * Which concepts of a table are features themselves: those that bear a feature's name, as an identity conceptizer's do.
 * @returns `[K]`, the feature's index; `undefined` for a concept that was learned or is constant, and for images
 */
export function featuresOfConcepts({ concepts, input }: Pick<Manifest, 'concepts' | 'input'>): (number | undefined)[] {
  const names = input.kind === 'tabular' ? input.features.map(({ name }) => name) : [];
  return concepts.map(({ name }) => {
    const index = names.indexOf(name);
    return index < 0 ? undefined : index;
  });
}
