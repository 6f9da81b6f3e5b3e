import { describe, expect, it } from 'vitest';
import { cellsOf, pathOf } from '../../../bench/serve/cells.ts';
import { type Measures, measureRounds, type Sample } from '../../../bench/serve/rounds.ts';
import { rowsOf } from '../../../bench/serve/rows.ts';
import { tableOf } from '../../../bench/serve/table.ts';

const ours = { name: 'ours' };
const peer = { name: 'fastapi' };
const pool = { name: 'fastapi-pool' };
type Server = typeof ours;

const sample = (requests: number, p99Milliseconds = 9): Sample => ({
  requests,
  seconds: 2,
  p50Milliseconds: 4,
  p99Milliseconds,
  errors: 0,
  generatorCores: 0.1,
  serverCores: 1.5,
  eventLoopDelayP99Milliseconds: null,
  meanBatch: null,
});

/** Runs rounds whose samples come in the order given. */
async function measure(samples: readonly Sample[], servers: readonly Server[], rounds: number, concurrencies = [64]) {
  const left = [...samples];
  const ran: string[] = [];
  const measures: Measures<Server> = {
    load: async ({ name }, { concurrency }) => {
      ran.push(`${name} ${concurrency}`);
      return left.shift() as Sample;
    },
    raw: async ({ name }) => (name === 'ours' ? { batch: 1, inputsPerSecond: 1000 } : undefined),
    onSample: () => {},
  };
  return { measured: await measureRounds(servers, cellsOf(concurrencies, [false]), rounds, measures), ran };
}

describe('measureRounds', () => {
  it('lets the servers of a cell take turns, and begins each round with another of both', async () => {
    const { ran } = await measure(Array(8).fill(sample(1)), [ours, peer], 2, [1, 8]);
    expect(ran).toEqual([
      ...['ours 1', 'fastapi 1', 'ours 8', 'fastapi 8'],
      ...['fastapi 8', 'ours 8', 'fastapi 1', 'ours 1'],
    ]);
  });
});

describe('rowsOf', () => {
  it('gives medians, the median of each round’s ratio, and the share of the limit', async () => {
    // ours 600, 900, 400 a round; fastapi 200, 100, 200
    const samples = [sample(600, 5), sample(200), sample(100), sample(900, 50), sample(400, 7), sample(200)];
    const { measured } = await measure(samples, [ours, peer], 3);
    expect(rowsOf(measured)).toMatchObject([
      {
        server: 'ours',
        traversals: false,
        concurrency: 64,
        requestsPerSecond: 300,
        requestsPerSecondRange: [200, 450],
        p99Milliseconds: 7,
        errors: 0,
        ratio: 3,
        shareOfRaw: 0.3,
        cpuMillisecondsPerRequest: 5,
        meanBatch: null,
      },
      { server: 'fastapi', requestsPerSecond: 100, ratio: 1, shareOfRaw: null },
    ]);
  });

  it('compares with the FastAPI that is the faster', async () => {
    const { measured } = await measure([sample(600), sample(100), sample(300)], [ours, peer, pool], 1);
    expect(rowsOf(measured).map(({ server, ratio }) => [server, ratio])).toEqual([
      ['ours', 2],
      ['fastapi', 0.333],
      ['fastapi-pool', 1],
    ]);
  });

  it('has no ratio without FastAPI', async () => {
    const { measured } = await measure([sample(600)], [ours], 1);
    expect(rowsOf(measured)).toMatchObject([{ server: 'ours', ratio: null, shareOfRaw: 0.3 }]);
  });

  it('has a ratio to another checkout where one takes its turns, and a column for it then alone', async () => {
    const { measured } = await measure([sample(600), sample(500)], [ours, { name: 'before' }], 1);
    const rows = rowsOf(measured);
    expect(rows.map(({ server, ratioToBefore }) => [server, ratioToBefore])).toEqual([
      ['ours', 1.2],
      ['before', 1],
    ]);
    expect(tableOf(rows)).toContain('× before');
    const { measured: alone } = await measure([sample(600)], [ours], 1);
    expect(tableOf(rowsOf(alone))).not.toContain('× before');
  });

  it('prints as a table with dashes for what is not known', async () => {
    const { measured } = await measure([sample(6000), sample(2000)], [ours, peer], 1);
    const [head, first, second, , goals] = tableOf(rowsOf(measured)).split('\n');
    expect(head).toMatch(/^server +traversals +connections +requests\/s/);
    expect(first).toMatch(
      /^ours +without +64 +3,000 +3,000 – 3,000 +4\.0 +9\.0 +3\.00 +300 % +– +– +0\.50 +1\.50 +0\.10$/,
    );
    expect(second).toMatch(/^fastapi +without +64 +1,000 .* 1\.00 +– +–/);
    expect(goals).toMatch(/^goals at 64 connections: 3 × FastAPI without traversals, 2 × with them/);
  });
});

it('asks both servers for the same', () => {
  expect(pathOf({ traversals: false })).toBe('/predict?explain=concepts,relevances,contributions');
  expect(pathOf({ traversals: true })).toBe('/predict?steps=7');
});
