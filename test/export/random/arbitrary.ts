import fc from 'fast-check';
import {
  activationNames,
  ends,
  type Kind,
  kindsOf,
  merges,
  type Rank,
  rectifierNames,
  recurrents,
  type Stack,
  type Step,
  type Window,
} from './stack.ts';

/** Random stacks of layers for fast-check, which also shrinks them to the smallest that fails. */

const threeOf = (value: fc.Arbitrary<number>) => fc.tuple(value, value, value);
const upTo = (max: number) => fc.integer({ min: 1, max });

const window: fc.Arbitrary<Window> = fc.record({
  kernel: threeOf(upTo(3)),
  stride: threeOf(upTo(3)),
  dilation: threeOf(upTo(2)),
  padding: fc.constantFrom('valid', 'same'),
});

/** Everything that any step may need, of which each takes its own. */
const step = (kinds: readonly Kind[]): fc.Arbitrary<Step> =>
  fc
    .record({
      kind: fc.constantFrom(...kinds),
      window: fc.oneof(
        window,
        window.map((one) => ({ ...one, stride: [1, 1, 1] })),
      ),
      filters: upTo(4),
      useBias: fc.boolean(),
      activation: fc.constantFrom(...activationNames),
      merge: fc.constantFrom(...merges),
      rectifier: fc.constantFrom(...rectifierNames),
      recurrent: fc.constantFrom(...recurrents),
      order: fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 }),
      twice: fc.boolean(),
      bilinear: fc.boolean(),
      size: fc.tuple(upTo(2), upTo(2)),
    })
    .map((all) => all as Step);

/** Sizes along an axis, by rank: volumes grow with the third power. */
const largest: Readonly<Record<Rank, number>> = { 1: 9, 2: 7, 3: 4 };

const formats: Readonly<Record<Rank, readonly Stack['format'][]>> = {
  1: ['channelsLast'],
  2: ['channelsLast', 'channelsFirst'],
  3: ['channelsLast', 'channelsFirst'],
};

export const anyStack: fc.Arbitrary<Stack> = fc
  .constantFrom<Rank>(1, 2, 3)
  .chain((rank) => fc.record({ rank: fc.constant(rank), format: fc.constantFrom(...formats[rank]) }))
  .chain(({ rank, format }) =>
    fc.record({
      rank: fc.constant(rank),
      format: fc.constant(format),
      sizes: fc.array(fc.integer({ min: 2, max: largest[rank] }), { minLength: rank, maxLength: rank }),
      channels: upTo(3),
      steps: fc.array(step(kindsOf(rank, format)), { minLength: 1, maxLength: 5 }),
      end: fc.constantFrom(...ends),
      tapped: fc.boolean(),
    }),
  );
