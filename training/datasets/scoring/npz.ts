import type { Entry, ZipFile } from 'yauzl';
import { SennError } from '../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { sizeOf } from '../../../core/tensor.ts';
import { parseNpyHeader } from '../dsprites/npy.ts';
import { readNpz } from '../files/npz.ts';
import { eachChunk } from './lines.ts';
import { batchOf, type Found, MAX_BYTES } from './options.ts';

/**
 * Inputs of a `.npz` file, NumPy's zip of arrays: `x` `[N, …]` in the model's units, bytes (`uint8`) of images being 255ths;
 * and `y` `[N]`, indices of classes. The arrays are unpacked whole, 2 GiB at most.
 */

type Numbers = Float32Array | Float64Array | Uint8Array | Int32Array | BigInt64Array;

/** The types of elements that are read, little-endian. */
const types: Readonly<Record<string, (bytes: ArrayBuffer) => Numbers>> = {
  '<f4': (bytes) => new Float32Array(bytes),
  '<f8': (bytes) => new Float64Array(bytes),
  '|u1': (bytes) => new Uint8Array(bytes),
  '<i4': (bytes) => new Int32Array(bytes),
  '<i8': (bytes) => new BigInt64Array(bytes),
};

interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Numbers;
}

async function unpacked(zip: ZipFile, entry: Entry, where: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    length += chunk.length; // what the zip says of its size is not believed
    if (length > MAX_BYTES)
      throw new SennError('missing_data', `${where}: has more than ${MAX_BYTES} bytes`, { where });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function arrayOf(bytes: Buffer, where: string): NpyArray {
  const refuse = (reason: string): SennError => new SennError('missing_data', `${where}: ${reason}`, { where });
  const header = parseNpyHeader(bytes, where);
  if (header === undefined) throw refuse('ends before its header does');
  const read = types[header.descr];
  if (read === undefined) throw refuse(`has elements ${header.descr}; choose ${Object.keys(types).join(', ')}`);
  if (header.fortranOrder && header.shape.length > 1) throw refuse('is in Fortran order; save it in C order');
  const own = bytes.buffer.slice(bytes.byteOffset + header.length, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const size = Number(/\d$/.exec(header.descr)?.[0]);
  if (own.byteLength !== sizeOf(header.shape) * size)
    throw refuse(`does not fill its shape [${header.shape.join(', ')}]`);
  return { shape: header.shape, values: read(own) };
}

const arraysOf = (path: string): Promise<{ readonly x?: NpyArray; readonly y?: NpyArray }> =>
  readNpz(path, async (zip) => {
    const arrays: Record<string, NpyArray> = {};
    for await (const entry of zip.eachEntry()) {
      const name = /^([xy])\.npy$/.exec(entry.fileName)?.[1];
      if (name !== undefined)
        arrays[name] = arrayOf(await unpacked(zip, entry, `${path}: ${name}`), `${path}: ${name}`);
    }
    return arrays;
  });

/** Images of one channel may leave its dimension out. */
function checkShape(path: string, shape: readonly number[], input: Manifest['input']): void {
  const expected = inputShape({ input });
  const rows = shape.slice(1);
  const fits = rows.join() === expected.join() || (expected[0] === 1 && rows.join() === expected.slice(1).join());
  if (fits) return;
  throw new SennError(
    'unsupported_input',
    `${path}: x is [${shape.join(', ')}]; the model takes [inputs, ${expected.join(', ')}]`,
    { actual: shape, expected },
  );
}

/** @throws missing_data where it is no such file; unsupported_input where the model takes other inputs */
export async function npzSource(path: string, { input, classes, ...choice }: SourceOptions): Promise<ScoringSource> {
  const { x, y } = await arraysOf(path);
  if (x === undefined) throw new SennError('missing_data', `${path}: has no array x`, { path });
  checkShape(path, x.shape, input);
  const [N = 0] = x.shape;
  if (y !== undefined && y.shape.join() !== String(N)) {
    throw new SennError('missing_data', `${path}: y is [${y.shape.join(', ')}]; it must be [${N}], as x has inputs`, {
      path,
    });
  }
  const { count, placeOf, ...chosen } = chooseInputs(N, choice);
  const shape = inputShape({ input });
  const width = sizeOf(shape);
  const labelled = y !== undefined && classes !== undefined;
  const scale = x.values instanceof Uint8Array && input.kind === 'image' ? 1 / 255 : 1;
  const found = (n: number): Found => {
    const values = Float32Array.from(
      x.values.subarray(n * width, (n + 1) * width) as ArrayLike<number | bigint>,
      (value) => Number(value) * scale,
    );
    const at = Number(y?.values[n]);
    return { where: `${path}, input ${n}`, values, label: classes?.[at] ?? `index ${at}` };
  };
  return {
    name: path,
    count,
    ...chosen,
    shape,
    digest: await eachChunk(path, () => {}),
    labelled,
    read: async (start, end) =>
      batchOf(
        Array.from({ length: end - start }, (_, i) => found(placeOf(start + i))),
        start,
        shape,
        labelled ? classes : undefined,
      ),
  };
}
