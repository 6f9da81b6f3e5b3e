/** What the other rooms use of the configuration. */

export { addConfigFlags } from './flags.ts';
export { redacted, resolveConfig } from './resolve.ts';
export { isThisMachine, type ServerConfig } from './schema.ts';
