import * as tfl from '@tensorflow/tfjs-layers';
import { seededValues } from '../seeded-values.ts';
import { type Case, chain, type Layer, same, tokens } from './case.ts';

/** Cases of layers that take whole numbers: embeddings, encodings, masks. */

const { layers } = tfl;

const encoding = (outputMode: 'count' | 'multiHot' | 'oneHot', n: number): Case => ({
  name: `CategoryEncoding ${outputMode} of ${n}`,
  model: () => chain([n], same([n]), layers.categoryEncoding({ numTokens: 5, outputMode }) as Layer),
  draw: tokens(5),
});

export const tokenCases: Case[] = [
  {
    name: 'Embedding of a sequence',
    model: () => chain([4], layers.embedding({ inputDim: 6, outputDim: 3 })),
    draw: tokens(6),
    operators: ['Cast', 'Gather'],
  },
  {
    name: 'Embedding takes the whole part',
    model: () => chain([4, 2], layers.embedding({ inputDim: 6, outputDim: 3 })),
    draw: (seed, length) => tokens(6)(seed, length).map((value) => value + 0.75),
  },
  {
    name: 'Embedding of images, with a mask that nobody reads',
    model: () => chain([4, 2, 3], layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true })),
    draw: tokens(6),
  },
  encoding('multiHot', 3),
  encoding('count', 3),
  encoding('oneHot', 1),
  encoding('multiHot', 1),
  encoding('count', 1),
  {
    name: 'Masking',
    model: () => chain([5, 2], layers.masking({ maskValue: 1 }), layers.dense({ units: 3 })),
    draw: (seed, length) => seededValues(seed, length).map((value, i) => (i % 4 < 2 ? 1 : value)),
  },
  {
    name: 'Masking of images',
    model: () => chain([5, 2, 2], layers.masking()),
    draw: (seed, length) => seededValues(seed, length).map((value, i) => (i % 4 < 3 ? 0 : value)),
  },
];
