import { createHash } from 'node:crypto';
import { listedFiles, type Manifest } from '../../core/manifest.ts';
import { type SharedBytes, sharedBytes } from '../shared-bytes.ts';
import { readListedFile, readManifest } from './model-folder.ts';

/**
 * A model read into memory, whole and checked. From then on its folder may change or vanish: threads that start later
 * open the model from these bytes, and browsers are sent them.
 */
export interface ModelBundle {
  /** Made from the manifest's digest, which covers every file: two bundles of one id are the same model. */
  readonly id: string;
  readonly manifest: Manifest;
  /** `manifest.json` and the files that it lists, in memory that threads share. */
  readonly files: ReadonlyMap<string, SharedBytes>;
}

/** Reads a model folder. @throws invalid_model where a file is missing or is not the one that the manifest lists */
export async function readBundle(path: string): Promise<ModelBundle> {
  const { bytes, manifest } = await readManifest(path);
  const files = new Map([['manifest.json', sharedBytes(bytes)]]);
  for (const file of listedFiles(manifest)) files.set(file.file, sharedBytes(await readListedFile(path, file)));
  const digest = createHash('sha256').update(bytes).digest('hex');
  return {
    id: `${manifest.name}/${manifest.version}/${digest.slice(0, 16)}`,
    manifest,
    files,
  };
}
