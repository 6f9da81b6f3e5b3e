import { SennError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { spreadOf } from '../statistics.ts';

/** Which inputs are nearest in concept space, for the figure of neighbours. */

export interface Neighbour {
  /** Row of the input. */
  readonly index: number;
  /** Euclidean, in concept units, or in standard deviations where the concepts were scaled. */
  readonly distance: number;
}

export interface NeighbourOptions {
  /** Neighbours wanted of each query; all other inputs where there are not that many. */
  readonly count: number;
  /** Divides each concept by its standard deviation over all inputs, so that each counts alike. */
  readonly scaled: boolean;
}

/** What each concept is multiplied with; a constant concept tells no input from another. */
function weightsOf({ shape, data }: Tensor, scaled: boolean): number[] {
  const [N = 0, K = 0] = shape;
  return Array.from({ length: K }, (_, k) => {
    if (!scaled) return 1;
    const { deviation = 0 } = spreadOf(Array.from({ length: N }, (_, n) => data[n * K + k] as number));
    return deviation > 0 ? 1 / deviation : 0;
  });
}

/**
 * The inputs that are nearest to some of them in concept space, the nearest first; ties go to the lower row.
 * @param activations `[N, K]`, h of every input
 * @param queries rows to find the neighbours of; no row is its own neighbour
 * @returns `[queries][count]`
 * @throws shape_mismatch
 */
export function nearestInConceptSpace(
  activations: Tensor,
  queries: readonly number[],
  { count, scaled }: NeighbourOptions,
): Neighbour[][] {
  const { shape, data } = activations;
  const [N = 0, K = 0] = shape;
  const odd = queries.find((query) => !Number.isInteger(query) || query < 0 || query >= N);
  if (shape.length !== 2 || odd !== undefined) {
    throw new SennError(
      'shape_mismatch',
      `nearestInConceptSpace: activations [${shape.join(', ')}] must be [N, K]${odd === undefined ? '' : `, and query ${odd} a row of them`}`,
    );
  }
  const weights = weightsOf(activations, scaled);
  /** Squared, so that equal distances stay equal. */
  const squaredDistance = (a: number, b: number): number =>
    weights.reduce((sum, weight, k) => {
      const difference = weight * ((data[a * K + k] as number) - (data[b * K + k] as number));
      return sum + difference * difference;
    }, 0);
  return queries.map((query) => {
    const squares = Float64Array.from({ length: N }, (_, n) => squaredDistance(query, n));
    return Array.from(squares.keys())
      .filter((index) => index !== query)
      .sort((a, b) => (squares[a] as number) - (squares[b] as number) || a - b)
      .slice(0, count)
      .map((index) => ({ index, distance: Math.sqrt(squares[index] as number) }));
  });
}
