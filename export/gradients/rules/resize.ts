import { fixedSize, type Size } from '../../graph/size.ts';
import { NoRule } from '../no-rule.ts';
import type { Rule } from '../rule.ts';
import { stringOf } from '../shared/attributes.ts';

/** Images in another size: linear along each axis, so a product with the transposed weights along each. */

/** Where pixel i of the new axis lies on the old one, by `coordinate_transformation_mode`. */
const coordinates: Readonly<Record<string, (i: number, old: number, size: number) => number>> = {
  asymmetric: (i, old, size) => (i * old) / size,
  align_corners: (i, old, size) => (size > 1 ? (i * (old - 1)) / (size - 1) : 0),
};

/** The weights of old pixels in a new one, by `mode`: pairs of pixel and weight. */
const weights: Readonly<Record<string, (at: number, old: number) => readonly (readonly [number, number])[]>> = {
  nearest: (at, old) => [[Math.min(Math.floor(at), old - 1), 1]],
  linear: (at, old) => {
    const low = Math.min(Math.floor(at), old - 1);
    return [
      [low, 1 - (at - low)],
      [Math.min(low + 1, old - 1), at - low],
    ];
  },
};

/** `[N, C, h, w]` → `[N, C, H, W]`: y = R·x·Cᵀ, so dx = Rᵀ·dy·C. */
const resize: Rule = ({ node, x: [x], dy: [dy], build }) => {
  const transformation = stringOf(node, 'coordinate_transformation_mode', 'half_pixel');
  const mode = stringOf(node, 'mode', 'nearest');
  const [coordinate, weigh] = [coordinates[transformation], weights[mode]];
  const isFloor = mode !== 'nearest' || stringOf(node, 'nearest_mode', 'round_prefer_floor') === 'floor';
  if (coordinate === undefined || weigh === undefined || !isFloor) {
    throw new NoRule(`it is ${mode}, ${transformation}, as no layer writes it`);
  }
  const [dims, resized] = [build.dims(x as string), build.dims(dy as string)];
  if (dims.length !== 4 || dims[1] !== resized[1]) throw new NoRule('it resizes more than the two axes of an image');
  const [h, w] = dims.slice(2).map(fixedSize) as [number, number];
  const [H, W] = resized.slice(2).map(fixedSize) as [number, number];
  /** Weight of old pixel o in new pixel i, put at `place`. */
  const matrix = (old: number, size: number, place: (i: number, o: number) => number): number[] => {
    const values = Array<number>(old * size).fill(0);
    for (let i = 0; i < size; i++) {
      for (const [o, weight] of weigh(coordinate(i, old, size), old))
        values[place(i, o)] = (values[place(i, o)] as number) + weight;
    }
    return values;
  };
  const columns = build.float32(
    'columns',
    [W, w],
    matrix(w, W, (i, o) => i * w + o),
  );
  const rows = build.float32(
    'rows',
    [h, H],
    matrix(h, H, (i, o) => o * H + i),
  );
  const narrow: Size[] = [...resized.slice(0, 3), w];
  return [build.op('MatMul', [rows, build.op('MatMul', [dy as string, columns], narrow)], dims)];
};

export const resizeRules = { Resize: resize } as const satisfies Record<string, Rule>;
