import type { Logger } from 'pino';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import type { ModelBundle } from './bundle.ts';
import type { Catalogue, CatalogueAdmin, ModelIndexEntry } from './catalogue.ts';
import { modelNames, readModel } from './directory.ts';

/** An opened model, as far as the registry must know it. */
export interface Registered {
  /** Of its bundle: two of one id are the same model. */
  readonly id: string;
  readonly manifest: Manifest;
  /** It takes no more; what it runs ends first. */
  retire(): void;
}

/**
 * What a server serves, read from a model directory (see directory.ts). A change reads and opens the new first and puts
 * it in the place of the old in one step: no request ever finds neither, and a folder that turns out broken changes
 * nothing.
 */
export interface Registry<Model extends Registered> extends Catalogue<Model>, CatalogueAdmin<Model> {
  /** Loads every folder of the directory; those that are broken are logged and kept out. @returns why, by name */
  loadAll(): Promise<ReadonlyMap<string, string>>;
  /** Brings what is served in line with the directory: new, changed and removed folders. */
  refresh(): Promise<void>;
}

export interface RegistryOptions<Model extends Registered> {
  readonly directory: string;
  /** Opens a model, as an engine does. @throws invalid_model, verification_failed */
  readonly open: (bundle: ModelBundle) => Promise<Model>;
  /** The model that answers where a request names none. Default: the first by name. */
  readonly defaultModel?: string | undefined;
  readonly logger: Logger;
}

export function createRegistry<Model extends Registered>({
  directory,
  open,
  defaultModel,
  logger,
}: RegistryOptions<Model>): Registry<Model> {
  /** The served versions of each name, oldest first. */
  const served = new Map<string, readonly Model[]>();
  const refusals = new Map<string, string>();
  /** Models that were unloaded by hand: a change of the directory does not bring them back. */
  const unloaded = new Set<string>();
  let changes: Promise<unknown> = Promise.resolve();

  /** Runs changes one after the other, so that none sees half of another. */
  const serially = <T>(change: () => Promise<T>): Promise<T> => {
    const run = changes.then(change);
    changes = run.catch(() => undefined);
    return run;
  };

  /** What `all` gives. Made once for each change, since every request asks for it. */
  let ordered: readonly Model[] = [];
  const order = (): readonly Model[] => {
    const names = [...served.keys()].sort();
    const defaultFirst = [
      ...names.filter((name) => name === defaultModel),
      ...names.filter((name) => name !== defaultModel),
    ];
    return defaultFirst.map((name) => served.get(name)?.at(-1) as Model);
  };

  const put = (name: string, versions: readonly Model[]): void => {
    const before = served.get(name) ?? [];
    if (versions.length === 0) served.delete(name);
    else served.set(name, versions);
    ordered = order();
    for (const model of before) if (!versions.includes(model)) model.retire();
  };

  const loadNow = async (name: string): Promise<Model> => {
    const opened: Model[] = [];
    try {
      const before = served.get(name) ?? [];
      const bundles = await readModel(directory, name);
      const versions = await Promise.all(
        bundles.map(async (bundle) => {
          const same = before.find(({ id }) => id === bundle.id);
          if (same !== undefined) return same;
          const model = await open(bundle);
          opened.push(model);
          return model;
        }),
      );
      put(name, versions);
      refusals.delete(name);
      unloaded.delete(name);
      const latest = versions.at(-1) as Model;
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

  const tryLoad = (name: string): Promise<unknown> => loadNow(name).catch(() => undefined); // loadNow has logged it

  const versionsOf = (name: string): readonly string[] => (served.get(name) ?? []).map((m) => m.manifest.version);

  const all = (): readonly Model[] => ordered;

  const unloadNow = (name: string): void => {
    if (!served.has(name)) throw unknownModel(name);
    put(name, []);
    logger.info({ model: name }, 'a model is served no more');
  };

  const unknownModel = (name: string): SennError => {
    const choices = all().map(({ manifest }) => manifest.name);
    const reason = refusals.get(name) ?? (unloaded.has(name) ? 'it was unloaded' : undefined);
    if (reason !== undefined) {
      return new SennError('unknown_model', `model "${name}" is not served: ${reason}`, { name, reason, choices });
    }
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
        const reason = refusals.get(name) ?? (unloaded.has(name) ? 'unloaded' : '');
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
