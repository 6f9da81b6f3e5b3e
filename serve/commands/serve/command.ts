import { Command } from 'commander';
import { addConfigFlags, redacted, resolveConfig, type ServerConfig } from '../../config/index.ts';
import type { Serving } from '../../inference/processes/questions.ts';
import type { Siblings } from '../../inference/processes/siblings.ts';
import type { ServerLog } from '../../observe/logger.ts';
import { openLog } from '../../observe/open-log.ts';
import { closesInTime, end, LAST_LINES } from './ending.ts';
import { endSignals } from './signals.ts';

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
    .option('--json', 'print the ready line as JSON, and the log on a terminal too');
  const given = addConfigFlags(command);
  return command
    .addHelpText('after', '\nEvery option is also a variable, SENN_PORT for --port. Flags come before variables,')
    .addHelpText(
      'after',
      'variables before the file: docs/server.md. The log goes to stderr: one JSON object a line, or',
    )
    .addHelpText('after', 'lines for people where that is a terminal.')
    .action(async ({ config: file, printConfig = false, json = false }: ServeFlags) => {
      const config = resolveConfig({ flags: given(), environment: process.env, file });
      if (printConfig) {
        console.log(JSON.stringify(redacted(config), null, 2));
        return;
      }
      const { joinSiblings } = await import('../../inference/processes/siblings.ts');
      // a ready line or a warning that cannot be written is no reason to end
      for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
      const log = await openLog(config.log, json);
      const { logger } = log;
      process.once('exit', log.last);
      const announce = ({ url, models, executionProvider }: Serving): void =>
        console.log(
          json
            ? JSON.stringify({ url, models, executionProvider })
            : `senn serves ${models.join(', ')} (${executionProvider}) at ${url}`,
        );
      /** Ends the process, whatever still runs in it. */
      const leave = async (inTime: boolean, signal: NodeJS.Signals): Promise<void> => {
        const free = await log.flush(LAST_LINES);
        await end(inTime && free, 0, signal);
      };
      const siblings = joinSiblings();
      if (siblings !== undefined) {
        await leave(await servesAmong(siblings, config, log), 'SIGTERM');
        return;
      }
      const server = await startAll(config, log);
      const signals = endSignals(); // while the server starts, a signal ends the process, as it does by default
      announce(server);
      const signal = await signals.first;
      logger.info({ signal }, 'closing');
      signals.second.then(async (second) => {
        logger.warn({ signal: second }, 'ending at once');
        server.kill();
        await end(await log.flush(LAST_LINES), 1, second);
      });
      const inTime = await closesInTime(server.close, config);
      if (inTime) logger.info('closed');
      else {
        logger.error('not closed in time: ending by force');
        server.kill();
      }
      await leave(inTime, signal);
    });
}

/** The whole server: in this process, or in several that this one starts. */
async function startAll(
  config: ServerConfig,
  { logger, dropped: droppedLines }: ServerLog,
): Promise<Serving & { close(): Promise<void>; kill(): void }> {
  if (config.processes === 1) {
    const { startServer } = await import('./server.ts');
    return { ...(await startServer({ config, logger, droppedLines })), kill: () => {} };
  }
  const { startPrimary } = await import('../../inference/processes/primary.ts');
  const { serving, close, kill } = await startPrimary({ ...config, logger });
  return { ...serving, close, kill };
}

/**
 * This process as one of several: it serves until the process that started it tells it to end.
 * @returns whether it has closed in time
 */
async function servesAmong(
  siblings: Siblings,
  config: ServerConfig,
  { logger, dropped: droppedLines }: ServerLog,
): Promise<boolean> {
  const { startServer } = await import('./server.ts');
  try {
    const { close } = await startServer({ config, logger, droppedLines, siblings });
    await siblings.ending;
    return await closesInTime(close, config);
  } catch (error) {
    await siblings.failed(error).catch(() => undefined); // the process that started this one may be gone
    return true;
  } finally {
    process.disconnect?.();
  }
}
