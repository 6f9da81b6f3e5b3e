export { type MappedConfig, mapReferenceConfig, type ReferenceExperiment } from './map.ts';
export { isReferenceConfig, type ReferenceConfig, referenceConfigSchema } from './schema.ts';
