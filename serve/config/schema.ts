import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { packageInfo } from '../package-info.ts';
import { CHANGE_TIMEOUT } from '../within.ts';
import { attributionsSchema } from './attributions.ts';
import { jobsSchema } from './jobs.ts';
import { choice, choices, flag, hosts, httpUrl, keys, origins, proxies, text, whole } from './leaves.ts';
import { defaultLimits } from './limits.ts';

/**
 * The configuration of a server, whole: every option with its rule, its default and what it does. Its flag, its
 * variable, its key in a file and its row in docs/server.md are made from this (options.ts).
 */

const KIB = 1024;
const MINUTE = 60_000;
const MAX_THREADS = 8;
const GIB = KIB ** 3;

/** Whether only this machine reaches what listens on the address. */
export const isThisMachine = (host: string): boolean => /^(localhost|::1|127(\.\d{1,3}){3})$/.test(host);

const limit = (least: number, most: number, unit: string, name: keyof typeof defaultLimits) =>
  whole(least, most, unit).default(defaultLimits[name]);

/** The folder `models` where the server is started, or else the models that come with the package. */
const shippedModels = (): string => (existsSync('models') ? 'models' : join(packageInfo().root, 'models'));

export const serverConfigSchema = z
  .strictObject({
    models: text('a directory')
      .default(shippedModels)
      .meta({ description: 'directory whose folders are models', shown: '`models`, or else those of the package' }),
    default: text('the name of a model')
      .optional()
      .meta({ description: 'model that answers where a request names none', shown: 'the first by name' }),
    host: text('an address')
      .default('127.0.0.1')
      .describe('address to listen on; 0.0.0.0 for every network of this machine'),
    port: whole(0, 65_535).default(8080).describe('port to listen on; 0 for any free one'),
    watch: flag().default(false).describe('load models anew when their folder changes'),
    admin: flag().default(false).describe('the admin routes: load and unload models'),
    processes: whole(1, 128)
      .default(1)
      .describe('processes that answer, on one port; with more than one, a process that ends is replaced'),
    threads: whole(1, 64)
      .default(() => Math.min(MAX_THREADS, availableParallelism()))
      .meta({
        description: 'worker threads of a process, each with sessions of its own',
        shown: `cores, at most ${MAX_THREADS}, by processes`,
      }),
    inline: flag()
      .default(true)
      .describe('jobs of less than a millisecond run on the event loop, in batches too, and not on a thread'),
    providers: choices(['cuda', 'webgpu', 'cpu'])
      .default(['cuda', 'webgpu', 'cpu'])
      .describe('execution providers, tried one at a time'),
    batch: z
      .strictObject({
        maxSize: whole(1, 1024).default(32).describe('inputs that run as one batch'),
        maxDelayMs: whole(0, 1000, 'milliseconds')
          .default(0)
          .describe('milliseconds that a batch waits to fill; 0: it fills while the threads are busy'),
        maxQueue: whole(1, 1_000_000).default(4096).describe('inputs that wait; one more is refused'),
      })
      .prefault({}),
    limits: z
      .strictObject({
        bodyBytes: limit(KIB, GIB, 'bytes', 'bodyBytes').describe('bytes of a body'),
        instancesPerRequest: limit(1, 65_536, '', 'instancesPerRequest').describe('images or rows of a request'),
        featuresPerInstance: limit(1, 1_000_000, '', 'featuresPerInstance').describe('features of a row'),
        pixelsPerImage: limit(1, 2 ** 30, '', 'pixelsPerImage').describe('width × height of an image'),
        pixelsPerSide: limit(1, 2 ** 20, '', 'pixelsPerSide').describe('width, and height, of an image'),
        pixelsPerRequest: limit(1, 2 ** 32, '', 'pixelsPerRequest').describe('pixels of all images of a request'),
        bytesInWork: limit(KIB, 64 * GIB, 'bytes', 'bytesInWork').describe(
          'memory of the requests in work: bytes of their bodies, and 64 KiB for each; one more is refused',
        ),
        decodesAtOnce: limit(1, 256, '', 'decodesAtOnce').meta({
          description: 'images decoded at a time',
          shown: 'cores, at most 4',
        }),
      })
      .prefault({}),
    attributions: attributionsSchema.prefault({}),
    jobs: jobsSchema.prefault({}),
    requestTimeoutMs: whole(1000, 60 * MINUTE, 'milliseconds')
      .default(MINUTE)
      .describe('milliseconds that a client has to send its request'),
    answerTimeoutMs: whole(100, 60 * MINUTE, 'milliseconds')
      .default(30_000)
      .describe('milliseconds from the request to its answer; then 504'),
    changeTimeoutMs: whole(100, 60 * MINUTE, 'milliseconds')
      .default(CHANGE_TIMEOUT)
      .describe('milliseconds that reading and opening a model may take; then it fails, and later changes go on'),
    drainTimeoutMs: whole(0, 60 * MINUTE, 'milliseconds')
      .default(10_000)
      .describe('milliseconds that answers under way have when the server ends'),
    drainDelayMs: whole(0, 10 * MINUTE, 'milliseconds')
      .default(0)
      .describe('milliseconds before that in which it still answers, though it says that it is not ready'),
    apiKeysFile: text('a file').optional().describe('file of API keys, one a line; read again when it changes'),
    apiKeys: keys().default([]).meta({ description: 'API keys, with commas', secret: true }),
    adminKeysFile: text('a file').optional().describe('file of keys for the admin routes'),
    adminKeys: keys().default([]).meta({ description: 'keys for the admin routes, with commas', secret: true }),
    allowedHosts: hosts()
      .default([])
      .describe(
        'hosts by whose names the admin routes and jobs may be called without keys, besides those of this machine',
      ),
    rateLimit: z
      .strictObject({
        requestsPerMinute: whole(0, 1_000_000)
          .default(0)
          .describe('requests a minute of one API key, or else of one address; 0: no limit'),
      })
      .prefault({}),
    cors: z
      .strictObject({
        origins: origins().default([]).describe('origins of pages that may call the server; * for any'),
      })
      .prefault({}),
    trustProxy: proxies()
      .default(0)
      .describe('proxies before the server, as a number or as addresses: whose X-Forwarded-For is believed'),
    log: z
      .strictObject({
        level: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
          .default('info')
          .describe('the least that is logged'),
      })
      .prefault({}),
    otel: z
      .strictObject({
        endpoint: httpUrl()
          .optional()
          .describe('OTLP/HTTP collector of traces, as http://localhost:4318; OTEL_* variables work too'),
      })
      .prefault({}),
  })
  .superRefine(
    ({ limits, batch, admin, host, adminKeys, adminKeysFile, allowedHosts, jobs, processes }, { addIssue }) => {
      if (jobs.folder !== undefined && processes > 1) {
        const message = `is kept by a server of one process, not ${processes}`;
        addIssue({ code: 'custom', path: ['jobs', 'folder'], message });
      }
      if (batch.maxQueue < limits.instancesPerRequest) {
        const rule = `must be at least limits.instancesPerRequest, ${limits.instancesPerRequest}; a full request would never fit`;
        addIssue({ code: 'custom', path: ['batch', 'maxQueue'], message: `${rule}, not ${batch.maxQueue}` });
      }
      const open = adminKeys.length === 0 && adminKeysFile === undefined && allowedHosts.length === 0;
      if (admin && !isThisMachine(host) && open) {
        const rule = `needs adminKeysFile or SENN_ADMIN_KEYS, or allowedHosts, where others than this machine can reach the server (host ${host})`;
        addIssue({ code: 'custom', path: ['admin'], message: rule });
      }
    },
  )
  .readonly();

/** What a server runs with: every option has its value. */
export type ServerConfig = z.output<typeof serverConfigSchema>;
