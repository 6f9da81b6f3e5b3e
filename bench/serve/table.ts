import { aligned, type Column } from '../table.ts';
import type { Row } from './rows.ts';

/** The result of `bench:serve` as a table for reading. */

const figures = (digits: number) => (value: number | null) =>
  value === null
    ? '–'
    : value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const [whole, tenths, hundredths] = [figures(0), figures(1), figures(2)];
const percent = (value: number | null): string => (value === null ? '–' : `${whole(100 * value)} %`);

const column = (title: string, cell: (row: Row) => string): Column<Row> => ({ title, cell, right: true });

const columns: readonly Column<Row>[] = [
  { title: 'server', cell: ({ server }) => server, right: false },
  { title: 'traversals', cell: ({ traversals }) => (traversals ? 'with' : 'without'), right: false },
  column('connections', ({ concurrency }) => String(concurrency)),
  column('requests/s', ({ requestsPerSecond }) => whole(requestsPerSecond)),
  column('lowest – highest', ({ requestsPerSecondRange: [low, high] }) => `${whole(low)} – ${whole(high)}`),
  column('p50 ms', ({ p50Milliseconds }) => tenths(p50Milliseconds)),
  column('p99 ms', ({ p99Milliseconds }) => tenths(p99Milliseconds)),
  column('× FastAPI', ({ ratio }) => hundredths(ratio)),
  column('of session.run', ({ shareOfRaw }) => percent(shareOfRaw)),
  column('batch', ({ meanBatch }) => tenths(meanBatch)),
  column('loop p99 ms', ({ eventLoopDelayP99Milliseconds }) => tenths(eventLoopDelayP99Milliseconds)),
  column('CPU ms/request', ({ cpuMillisecondsPerRequest }) => hundredths(cpuMillisecondsPerRequest)),
  column('cores', ({ serverCores }) => hundredths(serverCores)),
  column('load’s cores', ({ generatorCores }) => hundredths(generatorCores)),
];

/** What our server is to reach beside FastAPI at 64 connections, and everywhere. */
export const goals = { without: 3, with: 2, eventLoopDelayMilliseconds: 20 } as const;

/** The rows as aligned text, with the goals below. */
export function tableOf(rows: readonly Row[]): string {
  const goal = `goals at 64 connections: ${goals.without} × FastAPI without traversals, ${goals.with} × with them, p99 not higher; event loop p99 under ${goals.eventLoopDelayMilliseconds} ms`;
  const compared = rows.some(({ ratioToBefore }) => ratioToBefore !== null);
  const shown = compared ? [...columns, column('× before', ({ ratioToBefore }) => hundredths(ratioToBefore))] : columns;
  return [...aligned(shown, rows), '', goal].join('\n');
}
