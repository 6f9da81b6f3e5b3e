import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Statics } from '../../core/artefacts/artefact.ts';
import { SennError } from '../../core/errors.ts';
import { type Golden, parseGolden } from '../../core/golden.ts';
import { type GraphName, type ListedFile, type Manifest, parseManifest } from '../../core/manifest.ts';
import { createPredictor, type Predictor, predictingGraphs, type Sessions } from '../../core/predictor.ts';
import { type OpenSession, openSessions } from '../../core/session.ts';
import { withoutByteOrderMark } from '../../core/text/byte-order-mark.ts';
import type { ExplainedModel } from '../answers/explained.ts';
import { readRegularFile } from './regular-file.ts';
import { readStatics } from './static-files.ts';

/** A `models/<name>/` folder whose manifest has been read. */
export interface ModelFolder {
  readonly path: string;
  readonly manifest: Manifest;
}

/** @throws invalid_model */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(withoutByteOrderMark(text));
  } catch (error) {
    throw new SennError('invalid_model', `${path}: ${(error as Error).message}`, { path });
  }
}

/** The manifest of the folder, and its bytes. @throws invalid_model */
export async function readManifest(path: string): Promise<{ bytes: Uint8Array; manifest: Manifest }> {
  const file = join(path, 'manifest.json');
  const bytes = await readRegularFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new SennError('invalid_model', `${file}: cannot be read (${error.code})`, { path: file });
  });
  return { bytes, manifest: parseManifest(parseJson(bytes.toString('utf8'), file), file) };
}

/** @throws invalid_model */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  return { path, manifest: (await readManifest(path)).manifest };
}

/** The same, of a folder that bears the model's name, as one that is served must. @throws invalid_model */
export async function readNamedFolder(path: string): Promise<ModelFolder> {
  const folder = await readModelFolder(path);
  const { name } = folder.manifest;
  if (name !== basename(resolve(path))) {
    throw new SennError('invalid_model', `${path}: the manifest's name "${name}" must be the folder's name`, { path });
  }
  return folder;
}

/**
 * Every model folder of a directory, by name. A folder without a `manifest.json` is no model and is passed over;
 * one whose manifest is wrong, or names another folder, is left out when `onRefused` takes its error.
 * @throws invalid_model without `onRefused`
 */
export async function listModelFolders(
  directory: string,
  onRefused?: (error: SennError) => void,
): Promise<ModelFolder[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: false }).catch(() => []);
  const names = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  const contents = await Promise.all(names.map((name) => readdir(join(directory, name)).catch((): string[] => [])));
  const models = names.filter((_, i) => contents[i]?.includes('manifest.json')).sort();
  const readOrRefuse = async (name: string): Promise<ModelFolder[]> => {
    try {
      return [await readNamedFolder(join(directory, name))];
    } catch (error) {
      if (onRefused === undefined || !(error instanceof SennError)) throw error;
      onRefused(error);
      return [];
    }
  };
  return (await Promise.all(models.map(readOrRefuse))).flat();
}

/** The bytes of a file that the manifest lists. @throws invalid_model when they are not the bytes it lists */
export async function readListedFile(path: string, { file, sha256 }: ListedFile): Promise<Uint8Array> {
  const bytes = await readRegularFile(join(path, file)).catch((error: NodeJS.ErrnoException) => {
    throw new SennError('invalid_model', `${join(path, file)}: cannot be read (${error.code})`, { file });
  });
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) {
    throw new SennError('invalid_model', `${join(path, file)}: sha256 ${actual} must be the manifest's ${sha256}`, {
      file,
      expected: sha256,
      actual,
    });
  }
  return bytes;
}

/** @throws invalid_model */
export async function readGolden(folder: ModelFolder): Promise<Golden> {
  const bytes = await readListedFile(folder.path, folder.manifest.golden);
  const file = join(folder.path, folder.manifest.golden.file);
  return parseGolden(parseJson(Buffer.from(bytes).toString('utf8'), file), file);
}

/** The contents of the folder's static artefacts, digests checked. @throws invalid_model */
export function readFolderStatics({ manifest, path }: ModelFolder): Promise<Statics> {
  return readStatics(
    manifest,
    (file) => readListedFile(path, file),
    (file) => join(path, file),
  );
}

/**
 * Graphs of the folder, digests checked, each in its session: all or none. The caller closes them.
 * @param graphs default: those that predictions run
 * @throws invalid_model
 */
export function openGraphs(
  { path, manifest }: ModelFolder,
  openSession: OpenSession,
  graphs: readonly GraphName[] = predictingGraphs(manifest),
): Promise<Sessions> {
  return openSessions(graphs, (graph) => readListedFile(path, listedGraph(manifest, graph)), openSession);
}

/** @throws invalid_model where the manifest lists no such graph */
export function listedGraph({ graphs, name }: Manifest, graph: GraphName): ListedFile {
  const listed = graphs[graph];
  if (listed === undefined) throw new SennError('invalid_model', `model "${name}" has no graph "${graph}"`, { graph });
  return listed;
}

/**
 * The predictor of the model in `path`, on whatever `openSession` opens. The caller closes it.
 * @param graphsOf which graphs to open; default: those that predictions run
 * @throws invalid_model
 */
export async function loadPredictor(
  path: string,
  openSession: OpenSession,
  graphsOf: (manifest: Manifest) => readonly GraphName[] = predictingGraphs,
): Promise<Predictor> {
  const folder = await readModelFolder(path);
  return createPredictor(folder.manifest, await openGraphs(folder, openSession, graphsOf(folder.manifest)));
}

/** The same, with what its figures need besides. The caller closes the predictor. @throws invalid_model */
export async function loadModel(path: string, openSession: OpenSession): Promise<ExplainedModel> {
  const folder = await readModelFolder(path);
  const statics = await readFolderStatics(folder);
  return { predictor: createPredictor(folder.manifest, await openGraphs(folder, openSession)), statics };
}
