import type { Manifest } from '../../core/manifest.ts';

/**
 * What is served, by name and version, and how that changes. `Model` is whatever an opened model is to those who ask:
 * this room knows of one only what its manifest says.
 */

/** The models that are served; they change while requests are answered, so a route asks for each request anew. */
export interface Catalogue<Model> {
  /** Latest version of each, the default one first: the same list until any version changes, and then another one. */
  all(): readonly Model[];
  /** Versions of a model that are served, oldest first; none of an unknown model. */
  versionsOf(name: string): readonly string[];
  /** A model by name; its latest version where none is named. @throws unknown_model */
  named(name: string, version?: string): Model;
  /**
   * The first model that takes inputs of that kind; where none does, the first model, which then says what it takes.
   * @throws unavailable where no model is served
   */
  taking(kind: Manifest['input']['kind']): Model;
}

/**
 * Changes to what is served. Each waits until the change is in force; requests under way end on the version they began.
 */
export interface CatalogueAdmin<Model> {
  /** Reads the folder `name` of the model directory and serves what it holds. @throws invalid_model, missing_data */
  load(name: string): Promise<Model>;
  /** Serves the model no more. @throws unknown_model */
  unload(name: string): Promise<void>;
  /** Every folder of the model directory, served or not, and why one is not. */
  index(): Promise<readonly ModelIndexEntry[]>;
}

export interface ModelIndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: 'ready' | 'unavailable';
  /** Why it is not served. */
  readonly reason: string;
}
