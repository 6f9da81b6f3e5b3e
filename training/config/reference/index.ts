/** Configurations of the reference implementation, read as ours: what the rest of training uses of this room. */
export { mapReferenceConfig, type ReferenceExperiment } from './map.ts';
export { isReferenceConfig } from './schema.ts';
