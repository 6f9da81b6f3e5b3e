import type { Layer } from '../../layers-model/layer.ts';

/**
 * What the walk over a model writes in the place of a layer: another one, or with `undefined` nothing, so that the
 * layer passes its input on. A layer that is not in it is written as it is.
 */
export type Replacements = ReadonlyMap<Layer, Layer | undefined>;
