import { rotated } from '../statistics.ts';
import type { Cell } from './cells.ts';
import type { Loaded } from './load/generators.ts';
import type { EngineMetrics } from './metrics.ts';

/** What one server did in one cell of one round. */
export interface Sample extends Loaded, EngineMetrics {
  /** Cores that the server kept busy; `null` where there is no /proc. */
  readonly serverCores: number | null;
}

/** What ONNX Runtime alone can do, in inputs a second, with the server's batches. */
export interface RawSample {
  readonly batch: number;
  readonly inputsPerSecond: number;
}

export interface Measured<Server> {
  readonly cell: Cell;
  readonly server: Server;
  /** `[rounds]` */
  readonly samples: readonly Sample[];
  /** `[rounds]` of our own server, none of others. */
  readonly raw: readonly RawSample[];
}

export interface Measures<Server> {
  readonly load: (server: Server, cell: Cell) => Promise<Sample>;
  /** The limit for the sample just measured; `undefined` of a server that has none. */
  readonly raw: (server: Server, cell: Cell, sample: Sample, round: number) => Promise<RawSample | undefined>;
  readonly onSample: (server: Server, cell: Cell, sample: Sample, round: number) => void;
}

/**
 * Loads the servers in turn, cell by cell, and begins each round with another cell and another server: a drift of the
 * machine then falls on all of them, and the two servers of a cell are always neighbours in time.
 */
export async function measureRounds<Server>(
  servers: readonly Server[],
  cells: readonly Cell[],
  rounds: number,
  { load, raw, onSample }: Measures<Server>,
): Promise<Measured<Server>[]> {
  const measured = cells.flatMap((cell) =>
    servers.map((server) => ({ cell, server, samples: [] as Sample[], raw: [] as RawSample[] })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const cell of rotated(cells, round)) {
      for (const server of rotated(servers, round)) {
        const of = measured.find((found) => found.cell === cell && found.server === server);
        const sample = await load(server, cell);
        onSample(server, cell, sample, round);
        of?.samples.push(sample);
        const limit = await raw(server, cell, sample, round);
        if (limit !== undefined) of?.raw.push(limit);
      }
    }
  }
  return measured;
}
