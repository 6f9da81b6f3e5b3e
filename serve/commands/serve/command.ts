import { Command } from 'commander';
import type { Logger } from 'pino';
import { addConfigFlags, redacted, resolveConfig, type ServerConfig } from '../../config/index.ts';
import type { Serving } from '../../inference/processes/questions.ts';
import type { Siblings } from '../../inference/processes/siblings.ts';

/**
 * `senn serve`: the command line of the server. It loads the server itself only once it is to run, so that `--help` and
 * `--print-config` answer at once.
 */

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
      const [{ createLogger }, { endSignals }, { joinSiblings }] = await Promise.all([
        import('../../observe/logger.ts'),
        import('./signals.ts'),
        import('../../inference/processes/siblings.ts'),
      ]);
      const { logger, flush } = createLogger(config.log);
      const announce = ({ url, models, executionProvider }: Serving): void =>
        console.log(
          json
            ? JSON.stringify({ url, models, executionProvider })
            : `senn serves ${models.join(', ')} (${executionProvider}) at ${url}`,
        );
      try {
        const siblings = joinSiblings();
        if (siblings !== undefined) {
          await serveAmong(siblings, config, logger);
          return;
        }
        const server = await startAll(config, logger);
        const signals = endSignals(); // while the server starts, a signal ends the process, as it does by default
        announce(server);
        logger.info({ signal: await signals.first }, 'closing');
        signals.second.then((signal) => {
          logger.warn({ signal }, 'ending at once');
          flush();
          server.kill();
          process.exit(1);
        });
        await server.close();
        logger.info('closed');
      } finally {
        flush();
      }
    });
}

/** The whole server: in this process, or in several that this one starts. */
async function startAll(
  config: ServerConfig,
  logger: Logger,
): Promise<Serving & { close(): Promise<void>; kill(): void }> {
  if (config.processes === 1) {
    const { startServer } = await import('./server.ts');
    return { ...(await startServer({ config, logger })), kill: () => {} };
  }
  const { startPrimary } = await import('../../inference/processes/primary.ts');
  const { serving, close, kill } = await startPrimary({ processes: config.processes, logger });
  return { ...serving, close, kill };
}

/** This process as one of several: it serves until the process that started it tells it to end. */
async function serveAmong(siblings: Siblings, config: ServerConfig, logger: Logger): Promise<void> {
  try {
    const { startServer } = await import('./server.ts');
    const { close } = await startServer({ config, logger, siblings });
    await siblings.ending;
    await close();
  } catch (error) {
    await siblings.failed(error).catch(() => undefined); // the process that started this one may be gone
  } finally {
    process.disconnect?.();
  }
}
