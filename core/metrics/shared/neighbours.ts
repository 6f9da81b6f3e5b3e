import { batchSize, sizeOf, type Tensor } from '../../tensor.ts';

/** The `count` nearest points met so far for each of N points, nearest first; ties go to the lower index. */
class NearestLists {
  readonly count: number;
  readonly indices: Int32Array;
  readonly #distances: Float64Array;

  constructor(N: number, count: number) {
    this.count = count;
    this.indices = new Int32Array(N * count).fill(-1);
    this.#distances = new Float64Array(N * count).fill(Number.POSITIVE_INFINITY);
  }

  /** Offers point `j` at a squared distance to the list of point `i`. */
  offer(i: number, j: number, distance: number): void {
    const start = i * this.count;
    let at = start + this.count - 1;
    if (!this.#before(distance, j, at)) return;
    for (; at > start && this.#before(distance, j, at - 1); at--) {
      this.#distances[at] = this.#distances[at - 1] as number;
      this.indices[at] = this.indices[at - 1] as number;
    }
    this.#distances[at] = distance;
    this.indices[at] = j;
  }

  #before(distance: number, j: number, at: number): boolean {
    const other = this.#distances[at] as number;
    return distance < other || (distance === other && j < (this.indices[at] as number));
  }
}

/** Points in a block: two blocks of 784 float64 values a point stay in a second-level cache. */
const BLOCK = 64;

/**
 * The nearest neighbours of each point among the others, by Euclidean distance: exact, by brute force over
 * every pair once. Differences are squared and summed in float64 in the order of the dimensions, eight pairs
 * at a time so that the sums run side by side; the result does not depend on the blocking.
 * @param points `[N, …]`
 * @param count neighbours wanted; all the others where there are not that many
 * @returns `[N · min(count, N − 1)]` indices, row-major, nearest first; ties go to the lower index
 */
export function nearestNeighbours(
  points: Tensor,
  count: number,
  onProgress?: (done: number, total: number) => void,
): Int32Array {
  const N = batchSize(points);
  const D = sizeOf(points.shape.slice(1));
  const lists = new NearestLists(N, Math.max(0, Math.min(count, N - 1)));
  if (lists.count === 0) return lists.indices;
  const data = new Float64Array(points.data);

  const offerBoth = (i: number, j: number, distance: number): void => {
    if (i >= j) return;
    lists.offer(i, j, distance);
    lists.offer(j, i, distance);
  };

  const single = (i: number, j: number): void => {
    let sum = 0;
    for (let d = 0; d < D; d++) {
      const difference = (data[i * D + d] as number) - (data[j * D + d] as number);
      sum += difference * difference;
    }
    offerBoth(i, j, sum);
  };

  /** The eight pairs of two points i, i + 1 with four points j … j + 3. */
  const eight = (i: number, j: number): void => {
    let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
    let p = i * D;
    let q = j * D;
    for (const end = p + D; p < end; p++, q++) {
      const a = data[p] as number;
      const b = data[p + D] as number;
      const y0 = data[q] as number;
      const y1 = data[q + D] as number;
      const y2 = data[q + 2 * D] as number;
      const y3 = data[q + 3 * D] as number;
      a0 += (a - y0) * (a - y0);
      a1 += (a - y1) * (a - y1);
      a2 += (a - y2) * (a - y2);
      a3 += (a - y3) * (a - y3);
      b0 += (b - y0) * (b - y0);
      b1 += (b - y1) * (b - y1);
      b2 += (b - y2) * (b - y2);
      b3 += (b - y3) * (b - y3);
    }
    offerBoth(i, j, a0);
    offerBoth(i, j + 1, a1);
    offerBoth(i, j + 2, a2);
    offerBoth(i, j + 3, a3);
    offerBoth(i + 1, j, b0);
    offerBoth(i + 1, j + 1, b1);
    offerBoth(i + 1, j + 2, b2);
    offerBoth(i + 1, j + 3, b3);
  };

  for (let rows = 0; rows < N; rows += BLOCK) {
    const rowsEnd = Math.min(rows + BLOCK, N);
    for (let columns = rows; columns < N; columns += BLOCK) {
      const columnsEnd = Math.min(columns + BLOCK, N);
      for (let i = rows; i < rowsEnd; i += 2) {
        let j = columns;
        if (i + 1 < rowsEnd) {
          for (; j + 3 < columnsEnd; j += 4) eight(i, j);
        }
        for (; j < columnsEnd; j++) {
          single(i, j);
          if (i + 1 < rowsEnd) single(i + 1, j);
        }
      }
    }
    onProgress?.(rowsEnd, N);
  }
  return lists.indices;
}
