import { quartilesOf } from '../../core/attributions/lime/surroundings.ts';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { readNamed } from '../../training/datasets/files/source.ts';
import { columnIndex, parseNumber } from '../../training/datasets/tables/columns.ts';
import { readCsv } from '../../training/datasets/tables/records.ts';
import type { OnnxValue } from '../onnx/read-onnx.ts';

/** What a black box takes and what its classes are, from what its importer says and the graph's own sizes. */

export interface ImageOptions {
  readonly layout?: 'NCHW' | 'NHWC' | undefined;
  readonly scale?: number | undefined;
  /** One for all channels, or one each; where absent 0 and 1. */
  readonly mean?: readonly number[] | undefined;
  readonly deviation?: readonly number[] | undefined;
  readonly foreground?: 'light' | 'dark' | undefined;
}

export interface Description {
  readonly input: Manifest['input'];
  readonly image?: NonNullable<NonNullable<Manifest['blackBox']>['image']>;
}

/** Labels by a comma list; where that is no list, a file of them, one a line. @throws missing_data | invalid_config */
export async function labelsOf(text: string): Promise<string[]> {
  const parts = text.includes(',')
    ? text.split(',')
    : Buffer.from(await readNamed(text))
        .toString('utf8')
        .split(/\r?\n/);
  const labels = parts.map((part) => part.trim());
  while (labels.at(-1) === '') labels.pop();
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (labels.length < 2 || labels.includes('') || twice !== undefined) {
    const why = twice === undefined ? `got ${labels.length}, none of them empty` : `"${twice}" is there twice`;
    throw new SennError('invalid_config', `--labels: must be two classes or more with a name of its own each; ${why}`);
  }
  return labels;
}

const FEATURES_AT_MOST = 4096;

/**
 * The features of a table by a CSV file: their names by its header, their ranges, means and quartiles by its rows, of which none
 * goes into the model's folder.
 * @param chosen columns, in the order of the model; where absent all
 */
async function tableOf(path: string, port: OnnxValue, chosen: readonly string[] | undefined): Promise<Description> {
  const csv = readCsv(await readNamed(path), path, true);
  const names = chosen ?? csv.columns;
  const F = port.dims?.[1];
  if (names.length > FEATURES_AT_MOST || (typeof F === 'number' && names.length !== F)) {
    throw new SennError(
      'shape_mismatch',
      `${path}: ${names.length} features (${names.slice(0, 12).join(', ')}) must be the ${typeof F === 'number' ? F : `at most ${FEATURES_AT_MOST}`} of "${port.name}"; choose columns with --features`,
    );
  }
  const features = names.map((name) => {
    const at = columnIndex(csv, name);
    const values = csv.records.map(({ cells, line }) => Math.fround(parseNumber(cells[at] ?? '', path, line, name)));
    const [low, high] = values.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [Infinity, -Infinity],
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { name, range: [low, high] as [number, number], mean, quartiles: quartilesOf(Float64Array.from(values)) };
  });
  return { input: { kind: 'tabular', features } };
}

/** One number for each channel. @throws invalid_config */
function perChannel(values: readonly number[] | undefined, C: number, otherwise: number, option: string): number[] {
  if (values === undefined) return new Array<number>(C).fill(otherwise);
  if (values.length === 1) return new Array<number>(C).fill(values[0] as number);
  if (values.length === C) return [...values];
  throw new SennError('invalid_config', `${option}: ${values.length} numbers must be 1 or the ${C} of the channels`);
}

/** An image by `HxWxC`, in the layout that fits the graph. @throws shape_mismatch */
function imageOf(sizes: readonly number[], port: OnnxValue, options: ImageOptions): Description {
  const [height = 1, width = 1, channels = 1] = sizes;
  const shapes = { NCHW: [channels, height, width], NHWC: [height, width, channels] } as const;
  const dims = port.dims?.slice(1) ?? [];
  const fits = (layout: keyof typeof shapes): boolean =>
    dims.length === 3 && dims.every((dim, i) => typeof dim === 'string' || dim === shapes[layout][i]);
  const layout = options.layout ?? (['NCHW', 'NHWC'] as const).find(fits) ?? 'NCHW';
  if (!fits(layout) || (channels !== 1 && channels !== 3)) {
    throw new SennError(
      'shape_mismatch',
      `--input ${height}x${width}x${channels}: "${port.name}" [batch, ${dims.join(', ')}] must be images of it, ${layout}, of 1 channel or 3`,
    );
  }
  const { scale = 1, mean, deviation, foreground } = options;
  return {
    input: { kind: 'image', channels, height, width, ...(foreground !== undefined && { foreground }) },
    image: {
      layout,
      scale,
      mean: perChannel(mean, channels, 0, '--mean'),
      deviation: perChannel(deviation, channels, 1, '--std'),
    },
  };
}

/**
 * @param text of `--input`: `HxWxC`, or a CSV file
 * @throws missing_data | shape_mismatch | invalid_config
 */
export async function describe(
  text: string,
  port: OnnxValue,
  options: ImageOptions & { readonly features?: readonly string[] | undefined },
): Promise<Description> {
  const sizes = /^(\d{1,4})x(\d{1,4})(?:x(\d))?$/.exec(text);
  if (sizes === null) return tableOf(text, port, options.features);
  return imageOf([sizes[1], sizes[2], sizes[3] ?? '1'].map(Number), port, options);
}
