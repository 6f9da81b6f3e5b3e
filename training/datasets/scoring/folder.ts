import { SennError } from '../../../core/errors.ts';
import { inputShape } from '../../../core/manifest.ts';
import type { ScoringInputs } from '../../../core/metrics/scoring-set.ts';
import { sizeOf } from '../../../core/tensor.ts';
import { decodeImages } from '../images/decode.ts';
import { listImages } from '../images/folder.ts';
import { labelIndices, type SetOptions, scoredCount } from './options.ts';

/**
 * The images of a folder, each as the model takes it; labelled where the folder holds a folder for each class.
 * @throws unsupported_input where the model takes no images
 */
export async function folderInputs(path: string, options: SetOptions): Promise<ScoringInputs> {
  const { input, limit } = options;
  if (input.kind !== 'image') {
    throw new SennError(
      'unsupported_input',
      `${path}: is a folder of images; the model takes a table, name a CSV file`,
    );
  }
  const folder = await listImages(path);
  if (folder.layout === 'parts') {
    throw new SennError('unsupported_input', `${path}: holds two parts; choose ${path}/train or ${path}/test`, {
      path,
    });
  }
  const shape = inputShape({ input });
  const files = folder.files.slice(0, scoredCount(path, folder.files.length, shape, limit));
  const data = new Float32Array(files.length * sizeOf(shape));
  await decodeImages(
    files.map((file) => file.path),
    input,
    (values, index) => data.set(values, index * values.length),
  );
  const labels =
    folder.layout === 'flat'
      ? {}
      : labelIndices(
          path,
          files.map(({ label }) => label as string),
          options,
        );
  return { name: path, input: { shape: [files.length, ...shape], data }, ...labels };
}
