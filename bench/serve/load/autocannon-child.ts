import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { quantile } from '../../statistics.ts';
import type { LoadReport } from './protocol.ts';

/**
 * Posts PNGs over kept-alive connections and prints a `LoadReport`.
 * usage: autocannon-child.ts URL CONNECTIONS SECONDS FOLDER COUNT
 */
const [url = '', connections, seconds, folder = '', count] = process.argv.slice(2);

const headers = { 'content-type': 'image/png' };
const { pathname, search, origin } = new URL(url);
const requests = Array.from({ length: Number(count) }, (_, i) => ({
  method: 'POST' as const,
  path: pathname + search,
  headers,
  body: readFileSync(join(folder, `${i}.png`)),
}));

// Its own histogram counts whole milliseconds.
const milliseconds: number[] = [];
const duration = Number(seconds);
const before = process.cpuUsage();
const result = await new Promise<autocannon.Result>((resolve, reject) => {
  const options = { url: origin, connections: Number(connections), duration, requests, timeout: 30 };
  const run = autocannon(options, (error: unknown, found) => (error ? reject(error) : resolve(found)));
  run.on('response', (_client, _status, _bytes, time) => milliseconds.push(time));
});
const { user, system } = process.cpuUsage(before);

const report: LoadReport = {
  requests: milliseconds.length,
  seconds: result.duration,
  p50Milliseconds: quantile(milliseconds, 0.5),
  p99Milliseconds: quantile(milliseconds, 0.99),
  errors: result.non2xx + result.errors + result.timeouts,
  cpuSeconds: (user + system) / 1e6,
};
console.log(JSON.stringify(report));
