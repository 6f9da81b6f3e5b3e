import { basename, resolve } from 'node:path';
import { staticFiles } from '../../core/artefacts/index.ts';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { writeFolder } from '../../training/files/folders.ts';
import { readRunRecord } from '../../training/run/record.ts';
import { namedConcepts, readConceptNames } from './concept-names.ts';
import { modelCardFor } from './model-card.ts';
import { type ModelFiles, modelFilesOf } from './model-files.ts';
import { isModelFolder, readModelManifest, upgradedFilesOf } from './upgrade-model.ts';

/** The one writer of `models/<name>/`: from a run, or from a model folder of an earlier version. */

export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
}

export interface WrittenModel {
  readonly folder: string;
  readonly files: readonly WrittenFile[];
  readonly manifest: Manifest;
}

/** What an earlier model may have left, which a new one without it must not keep: static artefacts, and the gradient. */
const noOthers = Object.fromEntries(
  [...staticFiles.flatMap(([, { names }]) => Object.values(names)), 'gradient.onnx'].map((file) => [file, undefined]),
);

/** What may be asked of a model folder. */
export interface FolderOptions {
  /** A file that names concepts (concept-names.ts). */
  readonly conceptNames?: string;
  /** Whether `gradient.onnx` is written (../gradients/gradient-model.ts). Default: no; one that a model folder has stays. */
  readonly gradients?: boolean;
}

/** What a run or an earlier model becomes under the contract of today. */
async function filesOf(source: string, { conceptNames: namesFile, gradients }: FolderOptions): Promise<ModelFiles> {
  const names = namesFile === undefined ? undefined : await readConceptNames(namesFile);
  const named = (described: Pick<Manifest, 'input' | 'concepts'>) =>
    names === undefined ? described.concepts : namedConcepts(described, names, namesFile as string);
  if (await isModelFolder(source)) {
    return upgradedFilesOf(source, { concepts: named(await readModelManifest(source)) }, {}, gradients);
  }
  const record = await readRunRecord(source);
  return modelFilesOf(source, { ...record, concepts: named(record) }, gradients);
}

/**
 * Writes `models/<name>/`, whole or not at all. The one writer of that folder, which must have the model's name.
 * @param source a run folder, or a model folder of an earlier version
 * @throws missing_data | invalid_config | invalid_model | shape_mismatch | unsupported_layer | missing_backend
 */
export async function exportRun(source: string, outFolder: string, options: FolderOptions = {}): Promise<WrittenModel> {
  const { files: graphs, manifest } = await filesOf(source, options);
  if (basename(resolve(outFolder)) !== manifest.name) {
    throw new SennError(
      'invalid_config',
      `${outFolder}: the folder of model "${manifest.name}" must have its name, as models/${manifest.name}`,
      { folder: outFolder, name: manifest.name },
    );
  }
  const files = { ...graphs, ...(await modelCardFor(outFolder, manifest)) };
  await writeFolder(outFolder, { ...noOthers, ...files }, 'manifest.json');
  return {
    folder: outFolder,
    files: Object.entries(files).map(([file, content]) => ({ file, bytes: Buffer.byteLength(content) })),
    manifest,
  };
}
