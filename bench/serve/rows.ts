import { median } from '../statistics.ts';
import type { Cell } from './cells.ts';
import type { Measured, Sample } from './rounds.ts';
import { type FastapiName, fastapiNames } from './servers/fastapi.ts';

/** From the samples of all rounds to the rows of the result: medians, and ratios taken within a round. */

export type ServerName = 'ours' | typeof BEFORE | FastapiName;

/** The server of another checkout, where one is named to be compared with. */
export const BEFORE = 'before';

/** One row of the result, as `--json` prints it. Figures are medians over the rounds. */
export interface Row extends Cell {
  readonly server: ServerName;
  readonly requestsPerSecond: number;
  /** Lowest and highest of a round. */
  readonly requestsPerSecondRange: readonly [lowest: number, highest: number];
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Answers that are not 2xx, and requests without an answer, over all rounds. */
  readonly errors: number;
  /**
   * Requests a second over those of the faster FastAPI of the cell, the median of each round's ratio; `null` without
   * one.
   */
  readonly ratio: number | null;
  /** The same over the server of the other checkout. */
  readonly ratioToBefore: number | null;
  /** Share of what `session.run` alone does with the same batches in as many threads; `null` of FastAPI. */
  readonly shareOfRaw: number | null;
  /** Mean inputs of a batch; `null` where the server does not say. */
  readonly meanBatch: number | null;
  readonly eventLoopDelayP99Milliseconds: number | null;
  /** CPU of all the server's processes and threads: on a busy machine a steadier figure than the rates. */
  readonly cpuMillisecondsPerRequest: number | null;
  /** Cores that the server, and that the load generator kept busy. */
  readonly serverCores: number | null;
  readonly generatorCores: number | null;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The median of what was found, or `null` where a round found nothing. */
function medianOf(values: readonly (number | null)[], digits: number): number | null {
  const found = values.filter((value) => value !== null);
  return found.length === 0 || found.length < values.length ? null : rounded(median(found), digits);
}

const rateOf = ({ requests, seconds }: Sample): number => requests / seconds;

/** The FastAPI with the most requests a second in a cell. */
function fastestPeer<M extends Measured<{ readonly name: string }>>(measured: readonly M[], cell: Cell): M | undefined {
  const peers = measured.filter(
    ({ cell: of, server }) => of === cell && fastapiNames.some((name) => name === server.name),
  );
  const rate = ({ samples }: M): number => median(samples.map(rateOf));
  return peers.toSorted((a, b) => rate(b) - rate(a))[0];
}

/** Rows in the order of the measurements. */
export function rowsOf(measured: readonly Measured<{ readonly name: string }>[]): Row[] {
  return measured.map(({ cell, server, samples, raw }) => {
    const rates = samples.map(rateOf);
    const ratioTo = (other: (typeof measured)[number] | undefined): number | null => {
      const ratios = other?.samples.map((sample, round) => (rates[round] as number) / rateOf(sample));
      return ratios === undefined ? null : rounded(median(ratios), 3);
    };
    const before = measured.find(({ cell: of, server: { name } }) => of === cell && name === BEFORE);
    const shares = raw.map(({ inputsPerSecond }, round) => (rates[round] as number) / inputsPerSecond);
    const found = (of: (sample: Sample) => number | null, digits: number) => medianOf(samples.map(of), digits);
    return {
      server: server.name as ServerName,
      ...cell,
      requestsPerSecond: rounded(median(rates), 1),
      requestsPerSecondRange: [rounded(Math.min(...rates), 1), rounded(Math.max(...rates), 1)],
      p50Milliseconds: rounded(median(samples.map(({ p50Milliseconds }) => p50Milliseconds)), 3),
      p99Milliseconds: rounded(median(samples.map(({ p99Milliseconds }) => p99Milliseconds)), 3),
      errors: samples.reduce((sum, { errors }) => sum + errors, 0),
      ratio: ratioTo(fastestPeer(measured, cell)),
      ratioToBefore: ratioTo(before),
      shareOfRaw: shares.length === 0 ? null : rounded(median(shares), 3),
      meanBatch: found(({ meanBatch }) => meanBatch, 2),
      eventLoopDelayP99Milliseconds: found(({ eventLoopDelayP99Milliseconds }) => eventLoopDelayP99Milliseconds, 2),
      cpuMillisecondsPerRequest: found(
        (sample) => (sample.serverCores === null ? null : (1000 * sample.serverCores) / rateOf(sample)),
        3,
      ),
      serverCores: found(({ serverCores }) => serverCores, 2),
      generatorCores: found(({ generatorCores }) => generatorCores, 2),
    };
  });
}
