import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { identifyClient } from '../../../../serve/http/middleware/api-keys.ts';
import { crossOrigin } from '../../../../serve/http/middleware/cors.ts';
import { deadline, workSignal } from '../../../../serve/http/middleware/deadline.ts';
import { openKeyRing } from '../../../../serve/http/middleware/keys.ts';
import { limitRate } from '../../../../serve/http/middleware/rate-limit.ts';
import { hitCounter } from '../../../../serve/inference/processes/hit-counter.ts';
import type { Gone } from '../../../../serve/inference/served-model.ts';
import { appOf, type TestApp } from './middleware-app.ts';

/** How much, from where, and for how long. */

const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});
const appWith = async (...args: Parameters<typeof appOf>): Promise<TestApp> => {
  const app = await appOf(...args);
  apps.push(app);
  return app;
};

describe('the rate limit', () => {
  const KEYS = ['first-0123456789abcdef', 'second-0123456789abcdef'];
  const limited = (requestsPerMinute: number, hops = 0) =>
    appWith((app, logger) => {
      const keys = { api: openKeyRing({ keys: KEYS }, logger), admin: openKeyRing({ keys: [] }, logger) };
      app.set('trust proxy', hops).use(identifyClient(keys), limitRate({ requestsPerMinute }, keys));
      app.get(['/predict', '/health/ready', '/metrics'], (_, response) => {
        response.json({});
      });
    });
  const get = (app: TestApp, headers: Record<string, string> = {}, path = '/predict') =>
    fetch(`${app.url}${path}`, { headers });

  it('refuses one more, and says when to come again', async () => {
    const app = await limited(2);
    const first = await get(app);
    expect([first.status, (await get(app)).status]).toEqual([200, 200]);
    expect(first.headers.get('RateLimit-Policy')).toMatch(/^"requests"; q=2; w=60/);
    expect(first.headers.get('RateLimit')).toMatch(/^"requests"; r=1; t=\d+$/);
    const refused = await get(app);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({
      error: { code: 'rate_limited', details: { requestsPerMinute: 2, retryAfterSeconds: expect.any(Number) } },
    });
  });

  it('counts each key, and who has none by the address', async () => {
    const app = await limited(1);
    const [first, second] = KEYS.map((key) => ({ 'X-API-Key': key }));
    const statuses = [];
    for (const headers of [first, second, {}, first, second, {}, { 'X-API-Key': 'unknown' }]) {
      statuses.push((await get(app, headers)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429, 429]);
  });

  it('believes X-Forwarded-For of as many proxies as there are', async () => {
    const forged = await limited(1);
    expect((await get(forged, { 'X-Forwarded-For': '1.1.1.1' })).status).toBe(200);
    expect((await get(forged, { 'X-Forwarded-For': '2.2.2.2' })).status).toBe(429);
    const proxied = await limited(1, 1);
    expect((await get(proxied, { 'X-Forwarded-For': '1.1.1.1' })).status).toBe(200);
    expect((await get(proxied, { 'X-Forwarded-For': '2.2.2.2' })).status).toBe(200);
    expect((await get(proxied, { 'X-Forwarded-For': '9.9.9.9, 2.2.2.2' })).status).toBe(429);
    expect((await get(proxied, { 'X-Forwarded-For': '2001:db8::1' })).status).toBe(200);
    expect((await get(proxied, { 'X-Forwarded-For': '2001:db8::2' })).status).toBe(429);
  });

  it('counts one client whose proxy writes a port behind its address, or no address', async () => {
    const app = await limited(1, 1);
    const ask = async (from: string) => (await get(app, { 'X-Forwarded-For': from })).status;
    expect([await ask('1.1.1.1:5001'), await ask('1.1.1.1:5002'), await ask('1.1.1.1')]).toEqual([200, 429, 429]);
    expect([await ask('[2001:db8::1]:5001'), await ask('[2001:db8::2]:5002')]).toEqual([200, 429]);
    expect([await ask('unknown'), await ask('anything'), await ask('x'.repeat(5000))]).toEqual([200, 429, 429]);
  });

  it('counts tries of keys wherever they are made', async () => {
    const tries = ['/health/x', '/health/', '/v2/health/ready/x', '/metrics'];
    for (const path of tries) {
      const app = await limited(1);
      const guess = async (i: number): Promise<number> => (await get(app, { 'X-API-Key': `guess-${i}` }, path)).status;
      expect([(await guess(1)) !== 429, await guess(2)], path).toEqual([true, 429]);
    }
  });

  it('leaves health and metrics alone, and is off at 0', async () => {
    const app = await limited(1);
    for (const [path, headers] of [
      ['/health/ready', {}],
      ['/metrics', { 'X-API-Key': KEYS[0] as string }],
    ] as const) {
      expect([(await get(app, headers, path)).status, (await get(app, headers, path)).status]).toEqual([200, 200]);
    }
    const open = await limited(0);
    for (let i = 0; i < 5; i++) expect((await get(open)).headers.get('RateLimit')).toBeNull();
  });
});

describe('CORS', () => {
  const sharing = (origins: string[]) =>
    appWith((app) => {
      app.use(crossOrigin({ origins }));
      app.post('/predict', (_, response) => {
        response.json({});
      });
    });
  const headers = { Origin: 'https://page.example', 'Access-Control-Request-Method': 'POST' };
  const preflight = (app: TestApp) => fetch(`${app.url}/predict`, { method: 'OPTIONS', headers });

  it('is off unless an origin is named', async () => {
    const app = await sharing([]);
    const answer = await fetch(`${app.url}/predict`, { method: 'POST', headers });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect((await preflight(app)).headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it.each([
    [['https://page.example', 'https://b.example'], 'https://page.example', 'Origin'],
    [['*'], '*', null],
    [['https://another.example'], null, 'Origin'],
  ])('for %j', async (origins, allowed, vary) => {
    const app = await sharing(origins);
    const asked = await preflight(app);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('Access-Control-Allow-Origin')).toBe(allowed);
    expect(asked.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    for (const header of ['X-API-Key', 'Inference-Header-Content-Length']) {
      expect(asked.headers.get('Access-Control-Allow-Headers')).toContain(header);
    }
    const answer = await fetch(`${app.url}/predict`, { method: 'POST', headers });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(allowed);
    for (const header of ['X-Error-Code', 'Inference-Header-Content-Length', 'X-Request-Id', 'ETag']) {
      expect(answer.headers.get('Access-Control-Expose-Headers')).toContain(header);
    }
    expect(answer.headers.get('Vary')?.split(',')[0] ?? null).toBe(vary);
  });
});

it('requests that are counted at the same time get a number each', async () => {
  const count = hitCounter();
  const hits = await Promise.all(['a', 'a', 'b', 'a'].map(count));
  expect(hits.map(({ totalHits }) => totalHits)).toEqual([1, 2, 1, 3]);
});

describe('the time to answer', () => {
  const slow = async (milliseconds: number) => {
    const works: Gone[] = [];
    const app = await appWith((express) => {
      express.use(deadline({ answerTimeoutMs: 100 }));
      express.all('/slow', async (request, response) => {
        if (request.method === 'POST') await once(request.resume(), 'end');
        works.push(workSignal(response));
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        response.json({ late: milliseconds > 100 });
      });
    });
    return { app, aborted: () => works.map(({ aborted }) => aborted) };
  };

  const ask = async (app: TestApp, agent: Agent) => {
    const [response] = (await once(httpRequest(`${app.url}/slow`, { agent }).end(), 'response')) as [IncomingMessage];
    const port = response.socket.localPort;
    return { status: response.statusCode, port, body: Buffer.concat(await response.toArray()).toString() };
  };

  it('ends with 504 and the work with it; what comes later is dropped', async () => {
    const { app, aborted } = await slow(250);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const late = await ask(app, agent);
    expect(late.status).toBe(504);
    expect(JSON.parse(late.body)).toMatchObject({ error: { code: 'timeout', details: { answerTimeoutMs: 100 } } });
    expect(aborted()).toEqual([true]);
    const second = await ask(app, agent); // on the same connection, while the first one's work ends
    expect([second.status, second.port]).toEqual([504, late.port]);
    await vi.waitFor(() => expect(app.lines().map(({ msg }) => msg)).toContain('the request is answered already'));
    agent.destroy();
  });

  it('leaves an answer in time alone', async () => {
    const { app, aborted } = await slow(10);
    expect((await fetch(`${app.url}/slow`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(aborted()).toEqual([false]);
    expect(app.lines()).toHaveLength(1);
  });

  it('does not count the time that the client takes to send', async () => {
    const { app } = await slow(10);
    const request = httpRequest(`${app.url}/slow`, { method: 'POST', headers: { 'Content-Length': 2 } });
    const answered = once(request, 'response');
    request.write('a');
    await new Promise((resolve) => setTimeout(resolve, 200));
    request.end('b');
    const [response] = (await answered) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it('is over for a client that leaves', async () => {
    const { app, aborted } = await slow(60);
    const socket = connect(app.port, '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.destroy();
    await vi.waitFor(() => expect(aborted()).toEqual([true]));
    expect(app.lines().at(-1)).toMatchObject({ res: { statusCode: 499 } });
  });
});
