import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { csv, get, server, start, useScoring } from '../scoring-fixture.ts';

/** Pages of other sites, and of sites whose name was made to mean this machine, make and end no jobs. */

useScoring();

/** `fetch` lets nobody choose the host. @returns the status */
const send = (method: string, path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const all = { 'Content-Type': 'text/csv', ...headers };
    request(`${server.url}${path}`, { method, headers: all }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end(method === 'POST' ? csv(100) : undefined);
  });
const evil = { Host: 'evil.example', Origin: 'http://evil.example' };
const another = { Origin: 'https://elsewhere.example' };
const unknown = '/jobs/00000000-0000-0000-0000-000000000000';

describe('without keys', () => {
  it('jobs are made and ended from this machine and from the pages of the server alone', async () => {
    await start();
    for (const headers of [{}, { Origin: server.url }, { Host: 'localhost:80', Origin: 'http://localhost' }]) {
      expect(await send('POST', '/jobs', headers)).toBe(202);
    }
    for (const headers of [evil, { Host: 'evil.example' }, another, { Origin: 'null' }]) {
      for (const path of ['/jobs', '/score']) expect(await send('POST', path, headers), path).toBe(403);
      expect(await send('DELETE', unknown, headers)).toBe(403);
    }
    expect(await send('DELETE', unknown, {})).toBe(404);
    const { jobs } = (await (await get('/jobs')).json()) as { jobs: unknown[] };
    expect(jobs).toHaveLength(3);
  });

  it('the configuration may name hosts, and sites whose pages may', async () => {
    await start({ '--allowed-hosts': 'models.example', '--cors-origins': another.Origin });
    expect(await send('POST', '/jobs', { Host: 'models.example' })).toBe(202);
    expect(await send('POST', '/jobs', another)).toBe(202);
    expect(await send('POST', '/jobs', { ...another, Host: 'evil.example' })).toBe(403);
    expect(await send('POST', '/jobs', { Origin: 'https://third.example' })).toBe(403);
  });

  it('a server that others reach goes by any name, but not for pages of other sites', async () => {
    await start({ '--host': '0.0.0.0' });
    expect(await send('POST', '/jobs', { Host: 'models.example' })).toBe(202);
    expect(await send('POST', '/jobs', { Host: 'models.example', ...another })).toBe(403);
  });
});

it('a key is enough', async () => {
  await start({}, true);
  expect(await send('POST', '/jobs', { ...evil, 'X-API-Key': 'key-of-ada-000001' })).toBe(202);
  expect(await send('POST', '/jobs', evil)).toBe(401);
});
