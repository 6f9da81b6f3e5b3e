import { join } from 'node:path';
import type { Logger } from 'pino';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import { limitConcurrency } from '../concurrency-limit.ts';
import { CHANGE_TIMEOUT, type Late, within } from '../within.ts';
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
  /** Milliseconds that reading and opening one model may take. */
  readonly changeTimeoutMs?: number;
  /** The model that answers where a request names none. Default: the first by name. */
  readonly defaultModel?: string | undefined;
  readonly logger: Logger;
}

/**
 * Models read at a time, one file after the other. Each may hold a thread of libuv's pool (four) for as long as a disk does
 * not answer, and images are decoded in the same pool: with the listing of the directory, one is always left.
 */
const READS_AT_ONCE = 2;

const tooLate = (): SennError => new SennError('timeout', 'models: the time of this change is over');

export function createRegistry<Model extends Registered>({
  directory,
  open,
  changeTimeoutMs = CHANGE_TIMEOUT,
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

  const reading = limitConcurrency(READS_AT_ONCE);
  const listing = limitConcurrency(1);
  /** Names whose folders a thread still waits for, though their time is over. */
  const waiting = new Set<string>();

  const names = (): Promise<readonly string[]> =>
    within(changeTimeoutMs, `models: the folders of "${directory}"`, () => listing(() => modelNames(directory)));

  const loadNow = async (name: string): Promise<Model> => {
    try {
      return await within(changeTimeoutMs, `model "${name}": reading and opening it`, (late) => loadInTime(name, late));
    } catch (error) {
      const { message, code } = error instanceof SennError ? error : { message: String(error), code: undefined };
      refusals.set(name, message);
      logger.error({ model: name, code, err: error, still: versionsOf(name) }, 'a model is not served as it is');
      throw error;
    }
  };

  const read = async (name: string, late: Late): Promise<readonly ModelBundle[]> => {
    if (waiting.has(name)) {
      const rule = 'the file system has not answered the change before; another thread is not spent on it';
      throw new SennError('timeout', `model "${name}": ${rule}`, { name });
    }
    waiting.add(name);
    try {
      return await reading(async () => (late.aborted ? [] : readModel(directory, name)));
    } finally {
      waiting.delete(name);
    }
  };

  const loadInTime = async (name: string, late: Late): Promise<Model> => {
    const opened: Model[] = [];
    try {
      const before = served.get(name) ?? [];
      const bundles = await read(name, late);
      if (late.aborted) throw tooLate();
      const versions = await Promise.all(
        bundles.map(async (bundle) => {
          const same = before.find(({ id }) => id === bundle.id);
          if (same !== undefined) return same;
          const model = await open(bundle);
          opened.push(model);
          return model;
        }),
      );
      if (late.aborted) throw tooLate();
      put(name, versions);
      refusals.delete(name);
      unloaded.delete(name);
      const latest = versions.at(-1) as Model;
      if (opened.length > 0) logger.info({ model: name, versions: versionsOf(name) }, 'a model is served');
      return latest;
    } catch (error) {
      for (const model of opened) model.retire();
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
    // anybody may ask why, but where on its disk a server keeps its models is no client's business
    const refusal = refusals.get(name)?.replaceAll(join(directory, '/'), '');
    const reason = refusal ?? (unloaded.has(name) ? 'it was unloaded' : undefined);
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
      const all = new Set([...served.keys(), ...refusals.keys(), ...(await names().catch(() => []))]);
      return [...all].sort().flatMap((name): ModelIndexEntry[] => {
        const reason = refusals.get(name) ?? (unloaded.has(name) ? 'unloaded' : '');
        const versions = versionsOf(name);
        if (versions.length === 0) return [{ name, version: '', state: 'unavailable', reason }];
        return versions.map((version) => ({ name, version, state: 'ready', reason }));
      });
    },
    loadAll: () =>
      serially(async () => {
        await Promise.all((await names()).map(tryLoad));
        return refusals;
      }),
    refresh: () =>
      serially(async () => {
        const there = await names();
        for (const name of served.keys()) if (!there.includes(name)) unloadNow(name);
        for (const name of refusals.keys()) if (!there.includes(name)) refusals.delete(name);
        await Promise.all(there.filter((name) => !unloaded.has(name)).map(tryLoad));
      }),
  };
}
