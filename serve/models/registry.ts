import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { didYouMean } from '../../core/did-you-mean.ts';
import { SennError } from '../../core/errors.ts';
import type { Engine, OpenModel } from '../inference/engine/engine.ts';
import type { ModelAdmin, ModelIndexEntry, Models, ServedModel } from '../inference/served-model.ts';
import { type ModelBundle, readBundle } from './bundle.ts';

/**
 * What a server serves, by name and version. A folder of the model directory holds one version of a model
 * (`NAME/manifest.json`), or a folder for each (`NAME/VERSION/manifest.json`). A change reads and opens the new first
 * and puts it in the place of the old in one step: no request ever finds neither, and a folder that turns out broken
 * changes nothing.
 */
export interface Registry extends Models, ModelAdmin {
  /** Loads every folder of the directory; those that are broken are logged and kept out. @returns why, by name */
  loadAll(): Promise<ReadonlyMap<string, string>>;
  /** Brings what is served in line with the directory: new, changed and removed folders. */
  refresh(): Promise<void>;
}

export interface RegistryOptions {
  readonly directory: string;
  readonly engine: Engine;
  /** The model that answers where a request names none. Default: the first by name. */
  readonly defaultModel?: string | undefined;
  readonly logger: Logger;
}

/** Versions as people count them: 2 before 10. */
const byVersion = new Intl.Collator('en', { numeric: true }).compare;

const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** The folders of a directory by name; links to folders count. */
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
  const models = await Promise.all(inside.map(holdsManifest));
  return inside.filter((_, i) => models[i]);
}

/** Names of the folders that hold a model. @throws missing_data where there is no such directory */
export async function modelNames(directory: string): Promise<string[]> {
  const names = await foldersIn(directory).catch((error: NodeJS.ErrnoException) => {
    throw new SennError('missing_data', `models: "${directory}" cannot be read (${error.code})`, { directory });
  });
  const folders = await Promise.all(names.map((name) => versionFolders(join(directory, name))));
  return names.filter((_, i) => (folders[i] as string[]).length > 0);
}

/** Every version in the folder `name`. @throws missing_data, invalid_model */
export async function readModel(directory: string, name: string): Promise<ModelBundle[]> {
  const path = join(directory, name);
  const folders = MODEL_NAME.test(name) ? await versionFolders(path) : [];
  if (folders.length === 0) {
    throw new SennError('missing_data', `models: no model "${name}" in "${directory}"`, { name, directory });
  }
  const bundles = await Promise.all(folders.map(readBundle));
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

export function createRegistry({ directory, engine, defaultModel, logger }: RegistryOptions): Registry {
  /** Of each name its versions, oldest first. */
  const served = new Map<string, readonly OpenModel[]>();
  const refusals = new Map<string, string>();
  /** Unloaded by hand: a change of the directory does not bring them back. */
  const unloaded = new Set<string>();
  let changes: Promise<unknown> = Promise.resolve();

  /** Changes run one after the other. */
  const serially = <T>(change: () => Promise<T>): Promise<T> => {
    const run = changes.then(change);
    changes = run.catch(() => undefined);
    return run;
  };

  /** Made anew by each change, since every request asks for it. */
  let ordered: readonly ServedModel[] = [];
  const order = (): readonly ServedModel[] => {
    const names = [...served.keys()].sort();
    const defaultFirst = [
      ...names.filter((name) => name === defaultModel),
      ...names.filter((name) => name !== defaultModel),
    ];
    return defaultFirst.map((name) => served.get(name)?.at(-1) as ServedModel);
  };

  const put = (name: string, versions: readonly OpenModel[]): void => {
    const before = served.get(name) ?? [];
    if (versions.length === 0) served.delete(name);
    else served.set(name, versions);
    ordered = order();
    for (const model of before) if (!versions.includes(model)) model.retire();
  };

  const loadNow = async (name: string): Promise<OpenModel> => {
    const opened: OpenModel[] = [];
    try {
      const before = served.get(name) ?? [];
      const bundles = await readModel(directory, name);
      const versions = await Promise.all(
        bundles.map(async (bundle) => {
          const same = before.find(({ id }) => id === bundle.id);
          if (same !== undefined) return same;
          const model = await engine.open(bundle);
          opened.push(model);
          return model;
        }),
      );
      put(name, versions);
      refusals.delete(name);
      unloaded.delete(name);
      const latest = versions.at(-1) as OpenModel;
      if (opened.length > 0) logger.info({ model: name, versions: versionsOf(name) }, 'a model is served');
      return latest;
    } catch (error) {
      for (const model of opened) model.retire();
      const { message, code } = error instanceof SennError ? error : { message: String(error), code: undefined };
      refusals.set(name, message);
      logger.error({ model: name, code, err: error, still: versionsOf(name) }, 'a model is not served as it is');
      throw error;
    }
  };

  const tryLoad = (name: string): Promise<unknown> => loadNow(name).catch(() => undefined); // logged

  const versionsOf = (name: string): readonly string[] => (served.get(name) ?? []).map((m) => m.manifest.version);

  const all = (): readonly ServedModel[] => ordered;

  const unloadNow = (name: string): void => {
    if (!served.has(name)) throw unknownModel(name);
    put(name, []);
    logger.info({ model: name }, 'a model is served no more');
  };

  const unknownModel = (name: string): SennError => {
    const choices = all().map(({ manifest }) => manifest.name);
    return new SennError(
      'unknown_model',
      `unknown model "${name}"; choose ${choices.join(', ')}${didYouMean(name, choices)}`,
      { name, choices },
    );
  };

  return {
    all,
    versionsOf,
    named(name, version) {
      const versions = served.get(name);
      if (versions === undefined) throw unknownModel(name);
      const found = version === undefined ? versions.at(-1) : versions.find((m) => m.manifest.version === version);
      if (found === undefined) {
        const choices = versionsOf(name);
        throw new SennError(
          'unknown_model',
          `model "${name}": unknown version "${version}"; choose ${choices.join(', ')}`,
          { name, version, choices },
        );
      }
      return found;
    },
    taking(kind) {
      const models = all();
      const found = models.find(({ manifest }) => manifest.input.kind === kind) ?? models[0];
      if (found === undefined) throw new SennError('unavailable', 'server: no model is served at the moment');
      return found;
    },
    load: (name) => serially(() => loadNow(name)),
    unload: (name) =>
      serially(async () => {
        unloadNow(name);
        unloaded.add(name);
      }),
    async index() {
      const names = new Set([...served.keys(), ...refusals.keys(), ...(await modelNames(directory).catch(() => []))]);
      return [...names].sort().flatMap((name): ModelIndexEntry[] => {
        const reason = refusals.get(name) ?? '';
        const versions = versionsOf(name);
        if (versions.length === 0) return [{ name, version: '', state: 'unavailable', reason }];
        return versions.map((version) => ({ name, version, state: 'ready', reason }));
      });
    },
    loadAll: () =>
      serially(async () => {
        await Promise.all((await modelNames(directory)).map(tryLoad));
        return refusals;
      }),
    refresh: () =>
      serially(async () => {
        const names = await modelNames(directory);
        for (const name of served.keys()) if (!names.includes(name)) unloadNow(name);
        for (const name of refusals.keys()) if (!names.includes(name)) refusals.delete(name);
        await Promise.all(names.filter((name) => !unloaded.has(name)).map(tryLoad));
      }),
  };
}
