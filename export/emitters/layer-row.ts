import type { Emitter } from './emitter.ts';

/** A row of the table of layers: how a layer is written, and what docs/layers.md says of that. */
export interface LayerRow {
  readonly emit: Emitter;
  /** The operators that it may become, which a test holds; those that any layer may need are not named. */
  readonly operators: readonly string[];
  /** What is particular. */
  readonly note?: string;
}

/** Ends the note of a layer that has an activation of its own. */
export const activated = ', then its activation';
