/** Regions of labels that are each one piece. */

/** Pixels that share a side with this one. */
function neighboursOf(pixel: number, height: number, width: number): number[] {
  const [y, x] = [Math.floor(pixel / width), pixel % width];
  return [
    ...(y > 0 ? [pixel - width] : []),
    ...(x > 0 ? [pixel - 1] : []),
    ...(x + 1 < width ? [pixel + 1] : []),
    ...(y + 1 < height ? [pixel + width] : []),
  ];
}

/**
 * Each piece of a label becomes a region of its own; a piece of fewer than `least` pixels joins the region beside it that
 * was found last before it, or the first one after it where there is none.
 * @param labels `[H · W]`
 * @returns `[H · W]`, 0 … n − 1 in the order in which the regions are first met, row by row
 */
export function connected(labels: Int32Array, height: number, width: number, least: number): Int32Array {
  const regions = new Int32Array(labels.length).fill(-1);
  let found = 0;
  const small: number[][] = [];
  for (let start = 0; start < labels.length; start++) {
    if (regions[start] !== -1) continue;
    const piece = [start];
    regions[start] = found;
    let beside = -1;
    for (let i = 0; i < piece.length; i++) {
      for (const next of neighboursOf(piece[i] as number, height, width)) {
        const region = regions[next] as number;
        if (region === -1 && labels[next] === labels[start]) {
          regions[next] = found;
          piece.push(next);
        } else if (region !== -1 && region !== found) beside = Math.max(beside, region);
      }
    }
    if (piece.length >= least) found += 1;
    else if (beside !== -1) for (const pixel of piece) regions[pixel] = beside;
    else {
      // The very first pieces have nobody beside them yet: they keep a number until somebody is there.
      small.push(piece);
      found += 1;
    }
  }
  for (const piece of small) {
    const own = regions[piece[0] as number];
    const others = piece.flatMap((pixel) => neighboursOf(pixel, height, width)).filter((next) => regions[next] !== own);
    const [first] = others;
    if (first !== undefined) for (const pixel of piece) regions[pixel] = regions[first] as number;
  }
  const order = new Map<number, number>();
  return regions.map((region) => {
    if (!order.has(region)) order.set(region, order.size);
    return order.get(region) as number;
  });
}
