import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { readImageFile } from '../images/decode.ts';
import { listImages } from '../images/folder.ts';
import { forImages, imageSource, LABELS, labelsIn, twoParts } from './images.ts';

/** The images of a folder. */

/**
 * Labelled where the folder holds a folder for each class, or a file `labels.csv`.
 * @throws unsupported_input where the model takes no images
 */
export async function folderSource(path: string, options: SourceOptions): Promise<ScoringSource> {
  const own = forImages(path, 'a folder', options);
  const folder = await listImages(path);
  if (folder.layout === 'parts') throw twoParts(path, `${path}/train or ${path}/test`);
  const inClasses = folder.layout === 'classes';
  const labels = inClasses ? undefined : await readFile(join(path, LABELS)).catch(() => undefined);
  const files = folder.files.map((file) => ({ ...file, name: relative(path, file.path).replaceAll('\\', '/') }));
  const pathOf = new Map(files.map((file) => [file.name, file.path]));
  return imageSource(
    {
      path,
      files,
      inClasses,
      named: labels && labelsIn(labels, join(path, LABELS)),
      read: (name) => readImageFile(pathOf.get(name) as string),
      digestOf: (names) => digestOf(names, (name) => pathOf.get(name) as string),
    },
    own,
  );
}

/** SHA-256 over the names and sizes of the files: their bytes are read once, when they are scored. */
async function digestOf(names: readonly string[], pathOf: (name: string) => string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of names) {
    const size = (await stat(pathOf(name)).catch(() => undefined))?.size ?? 'unreadable';
    hash.update(`${name} ${size}\n`);
  }
  return hash.digest('hex');
}
