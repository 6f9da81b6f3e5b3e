import { Command } from 'commander';
import { addConfigFlags, redacted, resolveConfig } from './config/index.ts';

interface ServeFlags {
  readonly config?: string;
  readonly printConfig?: boolean;
  readonly json?: boolean;
}

/** `senn serve`: resolves once the server has closed. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Serve the models of a directory over HTTP, and the page that explains them.')
    .option('--config <file>', 'configuration as JSON; SENN_CONFIG names one too')
    .option('--print-config', 'print the configuration with every default, and end')
    .option('--json', 'print the ready line as JSON');
  const given = addConfigFlags(command);
  return command
    .addHelpText('after', '\nEvery option is also a variable, SENN_PORT for --port. Flags come before variables,')
    .addHelpText('after', 'variables before the file: docs/server.md. The log goes to stderr, one JSON object a line.')
    .action(async ({ config: file, printConfig = false, json = false }: ServeFlags) => {
      const config = resolveConfig({ flags: given(), environment: process.env, file });
      if (printConfig) {
        console.log(JSON.stringify(redacted(config), null, 2));
        return;
      }
      const [{ createLogger }, { startServer }, { endSignals }] = await Promise.all([
        import('./observe/logger.ts'),
        import('./server.ts'),
        import('./signals.ts'),
      ]);
      const { logger, flush } = createLogger(config.log);
      try {
        const server = await startServer({ config, logger });
        const signals = endSignals();
        const { url, executionProvider } = server;
        console.log(
          json
            ? JSON.stringify({ url, models: server.models, executionProvider })
            : `senn serves ${server.models.join(', ')} (${executionProvider}) at ${url}`,
        );
        logger.info({ signal: await signals.first }, 'closing');
        signals.second.then((signal) => {
          logger.warn({ signal }, 'ending at once');
          flush();
          process.exit(1);
        });
        await server.close();
        logger.info('closed');
      } finally {
        flush();
      }
    });
}
