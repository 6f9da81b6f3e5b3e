import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { type ModelBundle, readBundle } from './bundle.ts';

/**
 * The model directory of a server. A folder of it holds one version of a model (`NAME/manifest.json`), or a folder for
 * each (`NAME/VERSION/manifest.json`). It is read one file after the other: where a disk does not answer, one thread waits.
 */

/** Sorts versions as people count them: 2 before 10. */
const byVersion = new Intl.Collator('en', { numeric: true }).compare;

const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** The names of the folders in a directory, sorted; links to folders count. */
async function foldersIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

const holdsManifest = async (path: string): Promise<boolean> =>
  (await readdir(path).catch((): string[] => [])).includes('manifest.json');

/** The model folders in `path`: itself, or one for each version. */
async function versionFolders(path: string): Promise<string[]> {
  if (await holdsManifest(path)) return [path];
  const inside = (await foldersIn(path).catch((): string[] => [])).map((name) => join(path, name));
  const models: string[] = [];
  for (const folder of inside) if (await holdsManifest(folder)) models.push(folder);
  return models;
}

/** Names of the folders that hold a model. @throws missing_data where there is no such directory */
export async function modelNames(directory: string): Promise<string[]> {
  const names = await foldersIn(directory).catch((error: NodeJS.ErrnoException) => {
    throw new SennError('missing_data', `models: "${directory}" cannot be read (${error.code})`, { path: directory });
  });
  const models: string[] = [];
  for (const name of names) if ((await versionFolders(join(directory, name))).length > 0) models.push(name);
  return models;
}

/** Every version in the folder `name`. @throws missing_data, invalid_model */
export async function readModel(directory: string, name: string): Promise<ModelBundle[]> {
  const path = join(directory, name);
  if (!MODEL_NAME.test(name)) {
    const rule = 'a model is named by lower-case letters, digits and ._-, 64 of them at most, the first no sign';
    throw new SennError('missing_data', `models: the folder "${name.slice(0, 100)}": ${rule}`, { name, directory });
  }
  const folders = await versionFolders(path);
  if (folders.length === 0) {
    throw new SennError('missing_data', `models: the folder "${name}" holds no model any more`, { name, directory });
  }
  const bundles: ModelBundle[] = [];
  for (const folder of folders) bundles.push(await readBundle(folder));
  for (const [i, { manifest }] of bundles.entries()) {
    const folder = folders[i] as string;
    const expected = folder === path ? name : `${name}/${manifest.version}`;
    if (manifest.name !== name || folder !== join(directory, ...expected.split('/'))) {
      throw new SennError(
        'invalid_model',
        `${folder}: the manifest's "${manifest.name}", version "${manifest.version}", must be the folder's name`,
        { path: folder },
      );
    }
  }
  return bundles.sort((a, b) => byVersion(a.manifest.version, b.manifest.version));
}
