import { StaticRelevances } from '../../../training/kinds/prototype-dnn/relevances-layer.ts';
import { PrototypeSimilarity } from '../../../training/kinds/prototype-dnn/similarity-layer.ts';
import { type Case, casesOf, chain, type Layer } from './case.ts';

/** The layers of a PrototypeDNN. */
export const prototypes: Case[] = [
  ...casesOf(
    'PrototypeSimilarity',
    [
      { width: 5, count: 3 },
      { width: 1, count: 1 },
    ],
    ({ width, count }) => chain([width], new PrototypeSimilarity({ prototypes: count, seed: 3 }) as Layer),
  ),
  ...casesOf('StaticRelevances', [{ shape: [4] }, { shape: [4, 5, 3] }], ({ shape }) =>
    chain(shape, new StaticRelevances({ concepts: 3, classes: 2, seed: 3 }) as Layer),
  ),
];
