import type { ElementTypes } from '../onnx/proto.ts';
import type { Emitter } from './emitter.ts';

/** Of layers that only move elements. */
export const anyType: ElementTypes = ['float32', 'int32', 'bool'];
/** Of layers that tfjs calculates in whole numbers. */
export const numbers: ElementTypes = ['float32', 'int32'];

/** A row of the table of layers: how a layer is written, and what docs/layers.md says of that. */
export interface LayerRow {
  readonly emit: Emitter;
  /** Element types that it takes as they are; others are cast on their way in. Default: float32. */
  readonly takes?: ElementTypes;
  /** The operators that it may become, which a test holds; those that any layer may need are not named. */
  readonly operators: readonly string[];
  /** What is particular. */
  readonly note?: string;
}

/** Ends the note of a layer that has an activation of its own. */
export const activated = ', then its activation';
