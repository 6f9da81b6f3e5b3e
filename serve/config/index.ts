export { type ServerConfig, serverConfigSchema } from './schema.ts';
