import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readModelFolder } from '../../serve/models/model-folder.ts';
import { machineLines } from '../machine.ts';
import { count, notNegative, positive, someOf } from '../options.ts';
import { runProgram } from '../program.ts';
import { checkAgreement } from './agree.ts';
import { type Cell, cellsOf, named, pathOf, STEPS } from './cells.ts';
import { digitPngs, writeDigits } from './digits.ts';
import { type Generator, generatorNames, hasWrk, makeLoad } from './load/generators.ts';
import type { Load } from './load/protocol.ts';
import { engineMetrics, readMetrics } from './metrics.ts';
import { rawLimit } from './raw/limit.ts';
import { type Measures, measureRounds, type RawSample, type Sample } from './rounds.ts';
import { BEFORE, rowsOf } from './rows.ts';
import { buildIfStale } from './servers/dist.ts';
import { fastapiNames, pythonWithFastapi, startFastapi, WORKERS } from './servers/fastapi.ts';
import { models, root, startOurs } from './servers/ours.ts';
import { cpuSecondsOf, exitOnSignals } from './servers/processes.ts';
import type { ServerProcess } from './servers/server-process.ts';
import { tableOf } from './table.ts';

/**
 * `npm run bench:serve`: requests a second of `senn serve` beside a FastAPI server of the same graphs, which take
 * turns on one machine, and what of ONNX Runtime's own limit they reach.
 */

interface Flags {
  readonly concurrency: readonly number[];
  readonly traversals: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly settle: number;
  readonly warmUp: number;
  readonly processes: number;
  readonly threads: number;
  readonly generator?: Generator;
  readonly against?: string;
  readonly json: boolean;
}

const MODEL = 'mnist-disenn';
/** Digits that are posted in turn. */
const BODIES = 64;
/** How many of those digits are explained by all servers and compared before the clock runs. */
const COMPARED = 8;
/**
 * Threads in which ONNX Runtime's own limit is measured: one a core and at most eight, as many as our server keeps
 * busy.
 */
const THREADS = Math.min(8, availableParallelism());
/** Requests that must be answered before a server counts as idle: several, so that each of its processes gets one. */
const LEFT_OVERS = 4;
/** The most seconds for which ONNX Runtime's own limit is measured. */
const RAW_SECONDS = 3;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

function connections(text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((value) => Number.isInteger(value) && value > 0)) {
    throw new InvalidArgumentError('must be whole numbers above 0, with commas between them.');
  }
  return numbers;
}

interface Setting extends Flags {
  readonly generator: Generator;
  readonly bodies: Load['bodies'];
  /** One of the bodies. */
  readonly body: Buffer;
  /** Rows that the decoder is given for an input with traversals. */
  readonly decoded: number;
}

/** How one server is loaded in one cell, and how ONNX Runtime's own limit for it is measured. */
function measuresOf({
  generator,
  bodies,
  body,
  seconds,
  warmUp,
  threads,
  rounds,
  decoded,
}: Setting): Measures<ServerProcess> {
  const limits = new Map<string, Promise<number>>();
  return {
    load: async (server, cell) => {
      const { name, url, pid } = server;
      const load = { url: url + pathOf(cell), connections: cell.concurrency, bodies };
      const isOurs = name === 'ours';
      const metrics = async () => (isOurs ? await readMetrics(url) : new Map<string, number>());
      try {
        await makeLoad(generator, { ...load, seconds: warmUp });
        await settled(load.url, body);
        const [before, busyBefore] = [await metrics(), await cpuSecondsOf(pid)];
        const loaded = await makeLoad(generator, { ...load, seconds });
        const [after, busyAfter] = [await metrics(), await cpuSecondsOf(pid)];
        await settled(load.url, body);
        const busy = busyBefore === undefined || busyAfter === undefined ? null : busyAfter - busyBefore;
        const serverCores = busy === null ? null : busy / loaded.seconds;
        return { ...loaded, ...engineMetrics(before, after), serverCores };
      } catch (error) {
        throw await failedUnder(cell, server, error);
      }
    },
    raw: async ({ name }, { traversals }, { meanBatch }, round): Promise<RawSample | undefined> => {
      if (name !== 'ours') return undefined;
      const batch = Math.max(1, Math.round(meanBatch ?? 1));
      const key = `${round} ${traversals} ${batch}`;
      const task = { model: join(models, MODEL), threads, batch, decoded: traversals ? decoded : 0 };
      const limit = limits.get(key) ?? rawLimit({ ...task, seconds: Math.min(seconds, RAW_SECONDS) });
      limits.set(key, limit);
      return { batch, inputsPerSecond: await limit };
    },
    onSample: ({ name }, cell, sample, round) =>
      say(`round ${round + 1} of ${rounds}, ${named(cell)}: ${name} ${told(sample)}`),
  };
}

/** The error with the server and the cell it came from, and why the server ended where it did. */
async function failedUnder(cell: Cell, { name, ended }: ServerProcess, error: unknown): Promise<Error> {
  return new Error(`${name}, ${named(cell)}: ${(await ended()) ?? (error as Error).message}`, { cause: error });
}

const told = ({ requests, seconds, p50Milliseconds, p99Milliseconds }: Sample): string =>
  `${(requests / seconds).toFixed(0)} requests/s, p50 ${p50Milliseconds.toFixed(1)} ms, p99 ${p99Milliseconds.toFixed(1)} ms`;

/**
 * Waits until the server is idle. A generator that stops leaves one request unanswered on every connection; requests
 * that are sent after those are answered after them.
 */
async function settled(url: string, body: Buffer): Promise<void> {
  for (let i = 0; i < LEFT_OVERS; i++) {
    const init = { method: 'POST', headers: { 'Content-Type': 'image/png', Connection: 'close' } };
    await (await fetch(url, { ...init, body: new Uint8Array(body), signal: AbortSignal.timeout(30_000) })).text();
  }
}

/**
 * Loads a server with each kind of request, so that V8 has compiled most of what runs often before anything is
 * measured.
 */
async function settle(
  server: ServerProcess,
  cells: readonly Cell[],
  seconds: number,
  { generator, bodies }: Pick<Setting, 'generator' | 'bodies'>,
): Promise<void> {
  const most = Math.max(...cells.map(({ concurrency }) => concurrency));
  for (const cell of cells.filter(({ concurrency }) => concurrency === most)) {
    try {
      await makeLoad(generator, { url: server.url + pathOf(cell), connections: most, bodies, seconds });
    } catch (error) {
      throw await failedUnder(cell, server, error);
    }
  }
}

async function startServers({ processes, against }: Pick<Flags, 'processes' | 'against'>): Promise<ServerProcess[]> {
  const found = await pythonWithFastapi(process.env);
  if ('missing' in found) say(`skipped: fastapi: ${found.missing}; ours is measured alone`);
  const servers = [await startOurs(MODEL, { processes })];
  try {
    if (against !== undefined)
      servers.push(await startOurs(MODEL, { processes, checkout: resolve(against), name: BEFORE }));
    if ('python' in found) {
      for (const name of fastapiNames) servers.push(await startFastapi(name, found.python, MODEL));
    }
    return servers;
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
}

async function bench(flags: Flags): Promise<void> {
  const generator = flags.generator ?? ((await hasWrk()) ? 'wrk' : 'autocannon');
  await buildIfStale(root, say);
  if (flags.against !== undefined) await buildIfStale(resolve(flags.against), say);
  for (const line of machineLines()) say(line);
  say(`load by ${generator}, on the same cores`);
  const { manifest } = await readModelFolder(join(models, MODEL));
  const folder = await mkdtemp(join(tmpdir(), 'senn-bench-bodies-'));
  let servers: ServerProcess[] = [];
  try {
    const pngs = await digitPngs(BODIES);
    const bodies = await writeDigits(folder, BODIES);
    servers = await startServers(flags);
    const [ours, ...peers] = servers as [ServerProcess, ...ServerProcess[]];
    for (const peer of peers) await checkAgreement(ours, peer, pngs.slice(0, COMPARED));
    for (const { name } of peers) say(`${name} gives the same explanations of ${COMPARED} digits`);
    const cells: Cell[] = cellsOf(
      flags.concurrency,
      flags.traversals.map((kind) => kind === 'with'),
    );
    const decoded = manifest.concepts.length * STEPS;
    const measures = measuresOf({ ...flags, generator, bodies, body: pngs[0] as Buffer, decoded });
    for (const server of flags.settle > 0 ? servers : []) {
      await settle(server, cells, flags.settle, { generator, bodies });
    }
    const rows = rowsOf(await measureRounds(servers, cells, flags.rounds, measures));
    if (flags.json) {
      console.log(JSON.stringify({ rows }));
    } else {
      const passes = `medians of ${flags.rounds} rounds of ${flags.seconds} s after ${flags.warmUp} s of warm-up`;
      const settled = `${flags.settle} s of each kind before the first`;
      const processes = `processes: ours ${flags.processes}, each peer ${WORKERS}`;
      console.log(`${MODEL}, PNGs of ${BODIES} digits; ${passes}, ${settled}; ${processes}\n\n${tableOf(rows)}`);
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true });
  }
}

const kinds = ['without', 'with'];
const program = new Command('bench:serve')
  .description('Measures requests a second of the server, beside FastAPI with the same model.')
  .option('--concurrency <list>', 'connections, a comma list', connections, [1, 8, 64])
  .addOption(new Option('--traversals <list>', 'comma list').argParser(someOf(kinds)).default(kinds))
  .option('--rounds <n>', 'times that each row is measured, in alternation', count, 5)
  .option('--seconds <s>', 'of load a row and round', positive, 8)
  .option('--settle <s>', 'of load with each kind of request, before the first round', notNegative, 30)
  .option('--warm-up <s>', 'of load before each', positive, 1)
  .option('--processes <n>', 'processes of our server; the peer has two', count, 2)
  .option('--threads <n>', 'threads that the limit is found with', count, THREADS)
  .addOption(
    new Option('--generator <name>', 'what makes the load (default: wrk where it is installed)').choices(
      generatorNames,
    ),
  )
  .option('--against <checkout>', 'another checkout of this repository, whose server takes its turns too')
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

exitOnSignals();
await runProgram(program);
