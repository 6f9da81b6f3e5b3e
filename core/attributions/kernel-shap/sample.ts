import type { RandomStream } from '../../random.ts';
import { uniform } from '../shared/draw.ts';
import { leastSquares } from '../shared/least-squares.ts';
import { binomial, type Coalitions, type Game } from './game.ts';

/**
 * Shapley's values from some coalitions, where there are too many to ask about all: a weighted regression whose solution
 * they are (Lundberg & Lee 2017, theorem 2), on coalitions chosen as the `shap` package chooses them.
 */

/** Calls `visit` with every set of `size` of 0 … M − 1, in lexical order. */
function eachSubset(players: number, size: number, visit: (members: readonly number[]) => void): void {
  const members = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    visit(members);
    let i = size - 1;
    while (i >= 0 && members[i] === players - size + i) i -= 1;
    if (i < 0) return;
    members[i] = (members[i] as number) + 1;
    for (let j = i + 1; j < size; j++) members[j] = (members[j - 1] as number) + 1;
  }
}

/** A list of masks that tells which it holds already. */
function maskList(players: number) {
  const masks: Uint8Array[] = [];
  const weights: number[] = [];
  const places = new Map<string, number>();
  return {
    masks,
    weights,
    /** Adds a coalition of these members (or of all the others), or weight to it where it is there. */
    add(members: readonly number[], isComplement: boolean, weight: number): void {
      const mask = new Uint8Array(players).fill(isComplement ? 1 : 0);
      for (const member of members) mask[member] = isComplement ? 0 : 1;
      const key = mask.join('');
      const place = places.get(key);
      if (place !== undefined) weights[place] = (weights[place] as number) + weight;
      else {
        places.set(key, masks.length);
        masks.push(mask);
        weights.push(weight);
      }
    },
  };
}

/** Total weight of coalitions of 1, 2, … parts and of as many missing: (M − 1)/(s·(M − s)), both together, summing to 1. */
function weightsOfSizes(players: number): number[] {
  const sizes = Array.from({ length: Math.floor(players / 2) }, (_, i) => i + 1);
  const weights = sizes.map((s) => ((players - 1) / (s * (players - s))) * (2 * s === players ? 1 : 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * At most about `most` coalitions: the smallest and the largest in full as long as `most` allows, for they tell most; of
 * the sizes between, some are drawn by their weight, each together with its complement (paired sampling, Covert & Lee
 * 2021), which takes out half of what varies.
 * @param players M ≥ 2
 */
export function sampleCoalitions(players: number, most: number, random: RandomStream): Coalitions {
  const list = maskList(players);
  const weights = weightsOfSizes(players);
  let left = most;
  let full = 0;
  let open = 1; // the weight of the sizes that are not in full
  for (const weight of weights) {
    const size = full + 1;
    const isPaired = 2 * size !== players;
    const count = binomial(players, size) * (isPaired ? 2 : 1);
    // In full where sampling would draw each of them about once anyway.
    if ((left * weight) / open < count * (1 - 1e-8)) break;
    eachSubset(players, size, (members) => {
      list.add(members, false, weight / count);
      if (isPaired) list.add(members, true, weight / count);
    });
    left -= count;
    open -= weight;
    full += 1;
  }
  if (full < weights.length)
    drawPairs({ players, sizes: weights.slice(full), first: full + 1, most, open }, list, random);
  return {
    masks: Uint8Array.from(list.masks.flatMap((mask) => [...mask])),
    weights: Float64Array.from(list.weights),
  };
}

interface Draw {
  readonly players: number;
  /** Weights of the sizes that are drawn, from size `first` on. */
  readonly sizes: readonly number[];
  readonly first: number;
  readonly most: number;
  /** Their weight in all, which the drawn coalitions share by how often they were drawn. */
  readonly open: number;
}

function drawPairs(
  { players, sizes, first, most, open }: Draw,
  list: ReturnType<typeof maskList>,
  random: RandomStream,
): void {
  const fixed = list.masks.length;
  const total = sizes.reduce((sum, weight) => sum + weight, 0);
  const order = Array.from({ length: players }, (_, i) => i);
  // Coalitions that come again cost nothing, but there may be few others left: so many draws and no more.
  for (let draws = 0; draws < 4 * most && list.masks.length + 1 < most; draws++) {
    let at = uniform(random) * total;
    let i = 0;
    while (i < sizes.length - 1 && at >= (sizes[i] as number)) {
      at -= sizes[i] as number;
      i += 1;
    }
    const size = first + i;
    for (let j = 0; j < size; j++) {
      const other = j + random.integer(players - j);
      [order[j], order[other]] = [order[other] as number, order[j] as number];
    }
    const members = order.slice(0, size);
    list.add(members, false, 1);
    list.add(members, true, 1);
  }
  const drawn = list.weights.slice(fixed).reduce((sum, weight) => sum + weight, 0);
  for (let i = fixed; i < list.weights.length; i++) list.weights[i] = ((list.weights[i] as number) * open) / drawn;
}

/**
 * The values that explain the worths best under the weights and sum to v(all) − v(none): the last one is what the others
 * leave.
 * @param worths `[count]`
 * @returns `[M]`, in the unit of the worths
 */
export function regressedValues(
  { players, none, all }: Game,
  { masks, weights }: Coalitions,
  worths: Float64Array,
): Float64Array {
  const last = players - 1;
  const at = (i: number, p: number): number => masks[i * players + p] as number;
  const values = leastSquares({
    count: weights.length,
    width: last,
    values: (i, row) => {
      for (let p = 0; p < last; p++) row[p] = at(i, p) - at(i, last);
    },
    target: (i) => (worths[i] as number) - none - at(i, last) * (all - none),
    weight: (i) => weights[i] as number,
  });
  const rest = values.reduce((sum, value) => sum - value, all - none);
  return Float64Array.of(...values, rest);
}
