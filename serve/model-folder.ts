import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SennError } from '../core/errors.ts';
import { type Golden, parseGolden } from '../core/golden.ts';
import { type GraphName, graphNames, type Manifest, parseManifest } from '../core/manifest.ts';
import { createPredictor, type Predictor } from '../core/predictor.ts';
import type { OpenSession, Session } from '../core/session.ts';

/** A `models/<name>/` folder whose manifest has been read. */
export interface ModelFolder {
  readonly path: string;
  readonly manifest: Manifest;
}

type ListedFile = Manifest['golden'];

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SennError('invalid_model', `${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      path,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SennError('invalid_model', `${path}: ${(error as Error).message}`, { path });
  }
}

/** @throws invalid_model */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  const file = join(path, 'manifest.json');
  return { path, manifest: parseManifest(await readJson(file), file) };
}

/**
 * Every model folder of a directory, by name. A folder without a `manifest.json` is no model and is passed over;
 * one whose manifest is wrong, or names another folder, is an error.
 * @throws invalid_model
 */
export async function listModelFolders(directory: string): Promise<ModelFolder[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: false }).catch(() => []);
  const names = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  const contents = await Promise.all(names.map((name) => readdir(join(directory, name)).catch((): string[] => [])));
  const models = names.filter((_, i) => contents[i]?.includes('manifest.json')).sort();
  const folders = await Promise.all(models.map((name) => readModelFolder(join(directory, name))));
  folders.forEach(({ path, manifest }, i) => {
    if (manifest.name !== models[i]) {
      throw new SennError('invalid_model', `${path}: the manifest's name "${manifest.name}" must be the folder's name`);
    }
  });
  return folders;
}

/** The bytes of a file that the manifest lists. @throws invalid_model when they are not the bytes it lists */
export async function readListedFile({ path }: ModelFolder, { file, sha256 }: ListedFile): Promise<Uint8Array> {
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
  const bytes = await readListedFile(folder, folder.manifest.golden);
  return parseGolden(JSON.parse(Buffer.from(bytes).toString('utf8')), join(folder.path, folder.manifest.golden.file));
}

/** The three graphs, digests checked, each in its session. The caller closes them. @throws invalid_model */
export async function openGraphs(
  folder: ModelFolder,
  openSession: OpenSession,
): Promise<Readonly<Record<GraphName, Session>>> {
  const open = async (graph: GraphName): Promise<readonly [GraphName, Session]> => {
    return [graph, await openSession(await readListedFile(folder, folder.manifest.graphs[graph]))];
  };
  return Object.fromEntries(await Promise.all(graphNames.map(open))) as Record<GraphName, Session>;
}

/** The predictor of the model in `path`, on whatever `openSession` opens. The caller closes it. @throws invalid_model */
export async function loadPredictor(path: string, openSession: OpenSession): Promise<Predictor> {
  const folder = await readModelFolder(path);
  return createPredictor(folder.manifest, await openGraphs(folder, openSession));
}
