import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Express, RequestHandler } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { countRequests } from '../../../serve/http/middleware/request-metrics.ts';
import { traceRequests } from '../../../serve/http/middleware/tracing.ts';
import { metricsRoute } from '../../../serve/http/routes/metrics.ts';
import { createMetrics, type Metrics } from '../../../serve/observe/metrics.ts';
import { noteJob } from '../../../serve/observe/request-notes.ts';
import { startTracing } from '../../../serve/observe/start-tracing.ts';
import { traceParentOf } from '../../../serve/observe/traceparent.ts';
import { appOf, type TestApp } from '../http/middleware/middleware-app.ts';

/** What is seen of requests from outside: metrics, log lines, traces. */

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${PARENT}-01`;

const job = { model: 'm', version: '2', timings: { queue: 1, decode: 2, compute: 30, encode: 4 } };

function routes(app: Express): void {
  app.get('/predict/:name', (_, response) => {
    noteJob(response, job);
    response.json({});
  });
  app.get('/hangs', () => {});
  app.get('/fails', () => {
    throw new Error('a defect');
  });
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function observed(...handlers: readonly RequestHandler[]): Promise<TestApp> {
  const app = await appOf(routes, (express) => {
    for (const handler of handlers) express.use(handler);
  });
  cleanUps.push(app.close);
  return app;
}

/** `{ 'name{a="b"}': value }` */
async function samplesOf(metrics: Metrics): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

describe('metrics', () => {
  it('count requests by route, method and status, and jobs by stage', async () => {
    const metrics = createMetrics();
    const app = await observed(countRequests(metrics));
    for (const path of ['/predict/a', '/predict/b', '/nothing', '/fails'])
      await (await fetch(`${app.url}${path}`)).text();
    await vi.waitFor(async () =>
      expect(await samplesOf(metrics)).toMatchObject({
        'senn_http_requests_total{route="/predict/:name",method="GET",status="200"}': 2,
        'senn_http_requests_total{route="unmatched",method="GET",status="404"}': 1,
        'senn_http_requests_total{route="/fails",method="GET",status="500"}': 1,
        'senn_http_request_duration_seconds_count{route="/predict/:name"}': 2,
        'senn_job_stage_seconds_sum{model="m",stage="queue"}': 0.002,
        'senn_job_stage_seconds_sum{model="m",stage="decode"}': 0.004,
        'senn_job_stage_seconds_sum{model="m",stage="compute"}': 0.06,
        'senn_job_stage_seconds_sum{model="m",stage="encode"}': 0.008,
        'senn_job_stage_seconds_count{model="m",stage="compute"}': 2,
        'senn_job_stage_seconds_bucket{le="0.025",model="m",stage="compute"}': 0,
        'senn_job_stage_seconds_bucket{le="0.05",model="m",stage="compute"}': 2,
        senn_http_requests_in_work: 0,
      }),
    );
  });

  it('count what is in work, and clients that leave', async () => {
    const metrics = createMetrics();
    const app = await observed(countRequests(metrics));
    const socket = connect(app.port, '127.0.0.1');
    socket.write('GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n');
    await vi.waitFor(async () => expect((await samplesOf(metrics))['senn_http_requests_in_work']).toBe(1));
    socket.destroy();
    await vi.waitFor(async () =>
      expect(await samplesOf(metrics)).toMatchObject({
        'senn_http_requests_total{route="/hangs",method="GET",status="499"}': 1,
        senn_http_requests_in_work: 0,
      }),
    );
  });

  it('say batches, restarts, the queue, the models, and how late the event loop is', async () => {
    let ready = true;
    const metrics = createMetrics({ queueDepth: () => 7 });
    metrics.watch({ models: () => [{ name: 'm', version: '2', ready }] });
    metrics.batchDone('m', 3);
    metrics.batchDone('m', 32);
    metrics.workerRestarted();
    metrics.jobDone('m', job.timings);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const samples = await samplesOf(metrics);
    expect(samples).toMatchObject({
      'senn_batch_size_sum{model="m"}': 35,
      'senn_batch_size_bucket{le="4",model="m"}': 1,
      senn_worker_restarts_total: 1,
      senn_queue_depth: 7,
      'senn_model_ready{model="m",version="2"}': 1,
    });
    expect(samples['nodejs_eventloop_lag_p99_seconds']).toBeGreaterThan(0);
    expect(samples['process_resident_memory_bytes']).toBeGreaterThan(1e6);
    ready = false;
    expect((await samplesOf(metrics))['senn_model_ready{model="m",version="2"}']).toBe(0);
  });

  it('see a blocked event loop', async () => {
    const metrics = createMetrics();
    await metrics.text(); // its quantiles are those since the metrics were last read
    await new Promise((resolve) => setTimeout(resolve, 50));
    const end = performance.now() + 80;
    while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await samplesOf(metrics))['nodejs_eventloop_lag_max_seconds']).toBeGreaterThan(0.07);
  });

  it('have a bounded number of series, whatever is asked', async () => {
    const metrics = createMetrics();
    const app = await observed(countRequests(metrics));
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => fetch(`${app.url}/predict/${i}?x=${i}`).then((r) => r.text())),
    );
    await Promise.all(Array.from({ length: 50 }, (_, i) => fetch(`${app.url}/no/${i}`).then((r) => r.text())));
    const series = Object.keys(await samplesOf(metrics)).filter((name) => name.startsWith('senn_http_requests_total'));
    expect(series.length).toBeLessThanOrEqual(2);
  });

  it('are served as Prometheus reads them, each server its own', async () => {
    const [metrics, other] = [createMetrics(), createMetrics()];
    other.workerRestarted();
    const app = await appOf((express) => void express.get('/metrics', metricsRoute(metrics)));
    cleanUps.push(app.close);
    const answer = await fetch(`${app.url}/metrics`);
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8$/);
    const text = await answer.text();
    expect(text).toMatch(/^# TYPE senn_job_stage_seconds histogram$/m);
    expect(text).toMatch(/^senn_worker_restarts_total 0$/m);
  });
});

describe('the line of a request', () => {
  const lineOf = async (path: string, headers: Record<string, string> = {}) => {
    const app = await observed();
    const answer = await fetch(`${app.url}${path}`, { headers });
    await answer.text();
    await vi.waitFor(() => expect(app.lines().at(-1)).toMatchObject({ msg: 'request completed' }));
    return { line: app.lines().at(-1) as Record<string, unknown>, id: answer.headers.get('X-Request-Id') };
  };

  it('says its id, route, status, jobs and their stages', async () => {
    const { line, id } = await lineOf('/predict/a?explain=none');
    expect(line).toMatchObject({
      req: { id, method: 'GET', url: '/predict/a?explain=none' },
      res: { statusCode: 200 },
      route: '/predict/:name',
      jobs: [{ model: 'm', version: '2', milliseconds: job.timings }],
      responseTime: expect.any(Number),
    });
    expect(line).not.toHaveProperty('traceId');
  });

  it('keeps a plain id of the caller, and no other', async () => {
    expect(await lineOf('/predict/a', { 'X-Request-Id': 'abc-1' })).toMatchObject({
      id: 'abc-1',
      line: { req: { id: 'abc-1' } },
    });
    expect((await lineOf('/predict/a', { 'X-Request-Id': 'a b' })).id).toMatch(/^[\da-f-]{36}$/);
  });

  it('says the trace of its caller', async () => {
    expect((await lineOf('/predict/a', { traceparent })).line).toMatchObject({ traceId: TRACE });
    expect((await lineOf('/predict/a', { traceparent: 'junk' })).line).not.toHaveProperty('traceId');
  });
});

describe('traceparent', () => {
  it.each([
    [traceparent, { traceId: TRACE, spanId: PARENT, flags: 1 }],
    [`01-${TRACE}-${PARENT}-00-more`, { traceId: TRACE, spanId: PARENT, flags: 0 }],
    [`00-${TRACE}-${PARENT}-01-more`, undefined],
    [`ff-${TRACE}-${PARENT}-01`, undefined],
    [`00-${'0'.repeat(32)}-${PARENT}-01`, undefined],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
    [`00-${TRACE.toUpperCase()}-${PARENT}-01`, undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(traceParentOf(header)).toEqual(expected);
  });
});

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number };
}

interface Sent {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: SentSpan['attributes'] };
    readonly scopeSpans: { readonly spans: SentSpan[] }[];
  }[];
}

describe('traces', () => {
  async function collector() {
    const sent: { path: string | undefined; body: Sent }[] = [];
    const server = createServer(async (request, response) => {
      sent.push({ path: request.url, body: JSON.parse(Buffer.concat(await request.toArray()).toString()) as Sent });
      response.setHeader('Content-Type', 'application/json').end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const spans = () =>
      sent.flatMap(({ body }) => body.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)));
    return { endpoint, sent, spans };
  }

  const attributeOf = ({ attributes }: Pick<SentSpan, 'attributes'>, key: string): unknown =>
    Object.values(attributes.find((attribute) => attribute.key === key)?.value ?? {})[0];

  it('reach a collector: a span a request in its caller’s trace, and one a stage of its jobs', async () => {
    const { endpoint, sent, spans } = await collector();
    const tracing = await startTracing({ otel: { endpoint: `${endpoint}/` }, version: '1.2.3', environment: {} });
    if (tracing === undefined) throw new Error('not started');
    const app = await observed(traceRequests(tracing.tracer));
    await fetch(`${app.url}/predict/a?secret=1`, { headers: { traceparent } });
    await fetch(`${app.url}/fails`);
    await vi.waitFor(() => expect(app.lines().filter(({ msg }) => msg === 'request completed')).toHaveLength(2));
    await tracing.close();

    expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/v1/traces']));
    const resource = sent[0]?.body.resourceSpans[0]?.resource as SentSpan;
    expect([attributeOf(resource, 'service.name'), attributeOf(resource, 'service.version')]).toEqual([
      'senn',
      '1.2.3',
    ]);
    const server = spans().find(({ name }) => name === 'GET /predict/:name') as SentSpan;
    expect(server).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: 2 });
    expect(attributeOf(server, 'http.route')).toBe('/predict/:name');
    expect(attributeOf(server, 'http.response.status_code')).toBe(200);
    expect(JSON.stringify(sent)).not.toContain('secret');

    const stages = spans().filter(({ parentSpanId }) => parentSpanId === server.spanId);
    expect(stages.map(({ name }) => name)).toEqual(['queue', 'decode', 'compute', 'encode']);
    const milliseconds = stages.map(
      (span) => Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
    );
    milliseconds.forEach((took, i) => {
      expect(took).toBeCloseTo(Object.values(job.timings)[i] as number, -0.5);
    });
    expect(attributeOf(stages[0] as SentSpan, 'senn.model.name')).toBe('m');

    const failed = spans().find(({ name }) => name === 'GET /fails') as SentSpan;
    expect(failed.status.code).toBe(2);
    expect(failed.traceId).not.toBe(TRACE);
    expect(app.lines().map(({ traceId }) => traceId)).toEqual(expect.arrayContaining([TRACE, failed.traceId]));
  });

  it('keep to the caller that does not sample', async () => {
    const { endpoint, spans } = await collector();
    const tracing = await startTracing({ otel: { endpoint }, version: '1', environment: {} });
    if (tracing === undefined) throw new Error('not started');
    const app = await observed(traceRequests(tracing.tracer));
    await fetch(`${app.url}/predict/a`, { headers: { traceparent: traceparent.replace(/01$/, '00') } });
    await tracing.close();
    expect(spans()).toEqual([]);
  });

  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' }, false],
  ])('are made where they are configured: %j', async (environment, made) => {
    const tracing = await startTracing({ otel: {}, version: '1', environment });
    expect(tracing !== undefined).toBe(made);
    await tracing?.close();
  });
});
