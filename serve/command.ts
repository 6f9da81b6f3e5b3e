import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { packageInfo } from './package-info.ts';

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535) throw new InvalidArgumentError('must be a whole number from 0 to 65535.');
  return value;
}

/** `models` here, or else the models that come with the package. */
function defaultModels(): string {
  return existsSync('models') ? 'models' : join(packageInfo().root, 'models');
}

interface ServeFlags {
  models: string;
  default?: string;
  host: string;
  port: number;
  json?: boolean;
}

/** `senn serve`: resolves once the server has closed. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Serve the models of a directory over HTTP, and the page that explains them.')
    .option('--models <dir>', 'directory whose folders are models', defaultModels())
    .option('--default <model>', 'model that answers where a request names none (default: the first by name)')
    .option('--host <host>', 'address to listen on; 0.0.0.0 for every network of this machine', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 for any free one', port, 8080)
    .option('--json', 'print the ready line as JSON')
    .addHelpText('after', '\nThe log goes to stderr, one JSON object a line.')
    .action(async ({ models, default: defaultModel, host, port, json = false }: ServeFlags) => {
      const [{ pino }, { startServer }] = await Promise.all([import('pino'), import('./server.ts')]);
      const logger = pino(pino.destination(2));
      const server = await startServer({ models, defaultModel, host, port, logger });
      const { url, executionProvider } = server;
      console.log(
        json
          ? JSON.stringify({ url, models: server.models, executionProvider })
          : `senn serves ${server.models.join(', ')} (${executionProvider}) at ${url}`,
      );
      const signal = await new Promise<NodeJS.Signals>((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      });
      logger.info({ signal }, 'closing');
      await server.close();
      logger.info('closed');
    });
}
