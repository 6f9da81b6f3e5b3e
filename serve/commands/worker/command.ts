import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { z } from 'zod';
import { fromZodError } from '../../../core/errors.ts';
import { openLog } from '../../observe/open-log.ts';
import { parseQueueAddress, QUEUE_VARIABLES } from '../score/queue/address.ts';
import { parseModelsFrom } from '../score/queue/models-from.ts';
import { LAST_LINES } from '../serve/ending.ts';
import { endSignals } from '../serve/signals.ts';

/** `senn worker` on the command line; what it does is in work.ts, loaded once it is to run. */

const whole = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: ({ input }) => `must be a whole number, got "${input}"` })
    .transform(Number)
    .pipe(z.int().min(low, `must be at least ${low}`).max(high, `must be at most ${high}`));

const levels = ['debug', 'info', 'warn', 'error'] as const;

const optionsSchema = z.strictObject({
  queue: z.string(),
  modelsFrom: z.string().transform(parseModelsFrom).optional(),
  threads: whole(1, 256).default(() => availableParallelism()),
  batchSeconds: whole(1, 86_400).default(3600),
  grace: whole(0, 3600).default(20),
  logLevel: z.enum(levels, { error: ({ input }) => `must be ${levels.join(', ')}, got "${input}"` }).default('info'),
  json: z.boolean().default(false),
});

/** `senn worker`: resolves once it has ended. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('Score batches of senn score --queue, on this machine or any other.')
    .requiredOption('--queue <url>', 'Redis or Valkey: redis://HOST:PORT, or rediss://HOST:PORT with TLS')
    .option('--models-from <url>', 'where files of models are looked for first, each named by its SHA-256')
    .option('--threads <count>', 'batches in work at a time (default: as many as there are cores)')
    .option('--batch-seconds <count>', 'what takes longer is given up, and its job fails (default: 3600)')
    .option('--grace <seconds>', 'on SIGTERM, until batches in work are given back (default: 20)')
    .option('--log-level <level>', `the least that is logged: ${levels.join(', ')} (default: info)`)
    .option('--json', 'the log as JSON, on a terminal too')
    .addHelpText('after', `\n${Object.values(QUEUE_VARIABLES).slice(0, 2).join(' and ')} are who the worker is,`)
    .addHelpText('after', `${QUEUE_VARIABLES.ca} a file of the certificates (PEM) that rediss:// is checked against.`)
    .action(async (given: unknown) => {
      const parsed = optionsSchema.safeParse(given);
      if (!parsed.success) throw fromZodError('invalid_config', 'senn worker', parsed.error);
      const { queue, modelsFrom, threads, batchSeconds, grace, logLevel, json } = parsed.data;
      const address = parseQueueAddress(queue, process.env);
      const { startWork } = await import('./work.ts');
      const { logger, flush } = await openLog({ level: logLevel }, json);
      const working = await startWork({
        address,
        modelsFrom,
        threads,
        longest: 1000 * batchSeconds,
        grace: 1000 * grace,
        logger,
      });
      const signals = endSignals();
      const signal = await signals.first;
      logger.info({ signal }, 'ending; batches in work are finished or given back');
      signals.second.then(() => process.exit(1)); // others take over what is in work
      await working.close();
      logger.info('ended');
      await flush(LAST_LINES);
      process.exit(0); // a thread that is held by native code would keep it
    });
}
