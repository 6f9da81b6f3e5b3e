import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { type Golden, parseGolden } from '../../core/golden.ts';
import { type GraphName, graphNames, type ListedFile, type Manifest, parseManifest } from '../../core/manifest.ts';
import { createPredictor, type Predictor } from '../../core/predictor.ts';
import type { OpenSession, Session } from '../../core/session.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { ExplainedModel } from '../answers/explained.ts';
import { decodePrototypes } from './prototypes.ts';

/** A `models/<name>/` folder whose manifest has been read. */
export interface ModelFolder {
  readonly path: string;
  readonly manifest: Manifest;
}

/** @throws invalid_model */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SennError('invalid_model', `${path}: ${(error as Error).message}`, { path });
  }
}

/** The manifest of the folder, and its bytes. @throws invalid_model */
export async function readManifest(path: string): Promise<{ bytes: Uint8Array; manifest: Manifest }> {
  const file = join(path, 'manifest.json');
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
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
  const bytes = await readFile(join(path, file)).catch((error: NodeJS.ErrnoException) => {
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

/** `[K, P, …]` in the units of `input`; `undefined` of a folder without any. @throws invalid_model */
export async function readPrototypes(folder: ModelFolder): Promise<Tensor | undefined> {
  const { manifest, path } = folder;
  const { prototypes } = manifest;
  return prototypes && decodePrototypes(await readListedFile(path, prototypes), manifest, join(path, prototypes.file));
}

/** The three graphs, digests checked, each in its session: all or none. The caller closes them. @throws invalid_model */
export function openGraphs(
  { path, manifest }: ModelFolder,
  openSession: OpenSession,
): Promise<Readonly<Record<GraphName, Session>>> {
  return openSessions((graph) => readListedFile(path, manifest.graphs[graph]), openSession);
}

/** A session for each graph: all or none. The caller closes them. @throws invalid_model */
export async function openSessions(
  read: (graph: GraphName) => Promise<Uint8Array> | Uint8Array,
  openSession: OpenSession,
): Promise<Readonly<Record<GraphName, Session>>> {
  const open = async (graph: GraphName): Promise<readonly [GraphName, Session]> => {
    return [graph, await openSession(await read(graph))];
  };
  const results = await Promise.allSettled(graphNames.map(open));
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(opened.map(([, session]) => session.close()));
    throw failed.reason;
  }
  return Object.fromEntries(opened) as Record<GraphName, Session>;
}

/** The predictor of the model in `path`, on whatever `openSession` opens. The caller closes it. @throws invalid_model */
export async function loadPredictor(path: string, openSession: OpenSession): Promise<Predictor> {
  const folder = await readModelFolder(path);
  return createPredictor(folder.manifest, await openGraphs(folder, openSession));
}

/** The same, with what its figures need besides. The caller closes the predictor. @throws invalid_model */
export async function loadModel(path: string, openSession: OpenSession): Promise<ExplainedModel> {
  const folder = await readModelFolder(path);
  const prototypes = await readPrototypes(folder);
  return { predictor: createPredictor(folder.manifest, await openGraphs(folder, openSession)), prototypes };
}
