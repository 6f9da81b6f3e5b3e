/** Configurations of the reference implementation, read as ours: what the rest of training uses of this room. */
export { type MappedConfig, mapReferenceConfig, type ReferenceExperiment } from './map.ts';
export { isReferenceConfig, type ReferenceConfig, referenceConfigSchema } from './schema.ts';
