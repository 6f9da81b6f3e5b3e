import { SennError } from '../../../core/errors.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { isImageName } from '../images/folder.ts';
import { openZip } from '../images/zip.ts';
import { forImages, imageSource, LABELS, labelsIn, twoParts } from './images.ts';
import { eachChunk } from './lines.ts';
import { npzSource } from './npz.ts';

/** The images of a zip, which is laid out as a folder of them is, or lies in one folder that is. */

/** What NumPy calls the inputs in a zip of its own. */
const ARRAY = 'x.npy';

const partsOf = (name: string): readonly string[] => name.split('/');

/**
 * The folder that a zip was made of and that all lies in, with its `/`: one that has folders of images, or is no class.
 * @returns empty where there is none
 */
function wrapperOf(names: readonly string[], classes: readonly string[] | undefined): string {
  const [first = ''] = names;
  const [folder, ...inside] = partsOf(first);
  if (inside.length === 0 || !names.every((name) => name.startsWith(`${folder}/`))) return '';
  const isDeep = names.every((name) => name.endsWith(`/${LABELS}`) || partsOf(name).length > 2);
  const isClass = classes === undefined || classes.includes(folder as string);
  return isDeep || !isClass ? `${folder}/` : '';
}

interface Listed {
  /** Without the wrapper, as they would stand in a folder. */
  readonly name: string;
  readonly label: string | undefined;
}

/** By class, then by name, as a folder is listed. */
const inOrder = (a: Listed, b: Listed): number => {
  const [x, y] = a.label === b.label ? [a.name, b.name] : [a.label ?? '', b.label ?? ''];
  return x < y ? -1 : 1;
};

/** @throws missing_data where there are no images; unsupported_input where there are two parts */
function listed(path: string, names: readonly string[]): { readonly files: Listed[]; readonly inClasses: boolean } {
  const images = names.filter(isImageName).map((name) => ({ name, parts: partsOf(name) }));
  const top = new Set(images.map(({ parts }) => parts[0]));
  if (top.size === 2 && top.has('train') && top.has('test') && images.every(({ parts }) => parts.length === 3)) {
    throw twoParts(path, 'one of train and test, and make a zip of it');
  }
  const inClasses = images.some(({ parts }) => parts.length === 2);
  const files = images
    .filter(({ parts }) => parts.length === (inClasses ? 2 : 1))
    .map(({ name, parts }) => ({ name, label: inClasses ? parts[0] : undefined }));
  if (files.length > 0) return { files: files.sort(inOrder), inClasses };
  throw new SennError('missing_data', `${path}: holds no images (.png, .jpg, .jpeg, .webp)`, { path });
}

/**
 * Labelled as a folder of images is. A zip of NumPy's arrays is read as such.
 * @throws missing_data where it is no zip, has no images, or is beyond the limits; unsupported_input where the model takes
 * other inputs
 */
export async function zipSource(path: string, options: SourceOptions): Promise<ScoringSource> {
  const zip = await openZip(path);
  try {
    if (zip.names.includes(ARRAY)) {
      await zip.close();
      return await npzSource(path, options);
    }
    const own = forImages(path, 'a zip', options);
    const wrapper = wrapperOf(
      zip.names.filter((name) => isImageName(name) || name.endsWith(LABELS)),
      options.classes,
    );
    const names = zip.names.filter((name) => name.startsWith(wrapper)).map((name) => name.slice(wrapper.length));
    const { files, inClasses } = listed(path, names);
    const named =
      !inClasses && names.includes(LABELS)
        ? labelsIn(await zip.read(wrapper + LABELS), `${path}: ${LABELS}`)
        : undefined;
    const digest = await eachChunk(path, () => {});
    return await imageSource(
      {
        path,
        files,
        inClasses,
        named,
        read: (name) => zip.read(wrapper + name),
        digestOf: async () => digest,
        close: zip.close,
      },
      own,
    );
  } catch (error) {
    await zip.close();
    throw error;
  }
}
