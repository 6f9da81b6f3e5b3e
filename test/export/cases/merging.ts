import * as tfl from '@tensorflow/tfjs-layers';
import { seededValues } from '../seeded-values.ts';
import { type Case, casesOf, merge } from './case.ts';

/** Cases of layers with several inputs: sums, products, means, concatenation, dot products. */

const { layers } = tfl;

const operands = [
  [[5], [5]],
  [[5], [5], [5]],
  [
    [4, 3, 2],
    [4, 3, 2],
  ],
  [
    [4, 3, 2],
    [4, 1, 2],
    [1, 3, 2],
  ],
  [[4, 3, 2], [2]],
  [
    [4, 3],
    [2, 4, 3],
  ],
];

export const merging: Case[] = [
  ...casesOf('Add', operands, (shapes) => merge(layers.add(), ...shapes)),
  ...casesOf('Multiply', operands, (shapes) => merge(layers.multiply(), ...shapes)),
  ...casesOf('Average', operands, (shapes) => merge(layers.average(), ...shapes)),
  ...casesOf('Maximum', operands, (shapes) => merge(layers.maximum(), ...shapes)),
  ...casesOf('Minimum', operands, (shapes) => merge(layers.minimum(), ...shapes)),
  ...casesOf(
    'Concatenate',
    [
      { axis: -1, shapes: [[2], [3]] },
      { axis: 1, shapes: [[2], [3], [1]] },
      {
        axis: -1,
        shapes: [
          [4, 3, 2],
          [4, 3, 1],
        ],
      },
      {
        axis: 1,
        shapes: [
          [4, 3, 2],
          [5, 3, 2],
        ],
      },
      {
        axis: 2,
        shapes: [
          [4, 3, 2],
          [4, 1, 2],
        ],
      },
      {
        axis: 2,
        shapes: [
          [4, 3],
          [4, 2],
        ],
      },
    ],
    ({ axis, shapes }) => merge(layers.concatenate({ axis }), ...shapes),
  ),
  ...casesOf(
    'Dot',
    [
      { axes: -1, shapes: [[4], [4]] },
      {
        axes: 2,
        shapes: [
          [4, 3],
          [5, 3],
        ],
      },
      {
        axes: 1,
        shapes: [
          [3, 4],
          [3, 5],
        ],
      },
      {
        axes: [1, 2],
        shapes: [
          [3, 4],
          [5, 3],
        ],
      },
      {
        axes: [2, 1],
        shapes: [
          [4, 3],
          [3, 5],
        ],
      },
      { axes: [2, 1], shapes: [[4, 3], [3]] },
      { axes: [1, 1], shapes: [[3, 4], [3]] },
      { axes: [1, 2], shapes: [[3], [4, 3]] },
      { axes: [1, 1], shapes: [[3], [3, 4]] },
    ].flatMap((variant) => [true, false].map((normalize) => ({ ...variant, normalize }))),
    ({ axes, normalize, shapes }) => merge(layers.dot({ axes: axes as number, normalize }), ...(shapes as number[][])),
  ),
  {
    name: 'Dot of vectors too short to normalize',
    model: () => merge(layers.dot({ axes: -1, normalize: true }), [4], [4]),
    draw: (seed, length) => seededValues(seed, length).map((value) => value * 2e-4),
  },
];
