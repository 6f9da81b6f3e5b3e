import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Registry, Summary } from 'prom-client';
import type { JobTimings } from '../inference/served-model.ts';
import { memoized } from '../memo.ts';
import { registerHistogram } from './histogram.ts';
import { notesOf, routeOf, stages, statusOf } from './request-notes.ts';

/** What a server counts, in Prometheus' text format. Every server has a registry of its own. */

/** Milliseconds between looks at the event loop's delay; a sample may be too high by as much. */
const LOOP_RESOLUTION = 2;

/**
 * Routes that get series of their own, at most. Should a defect put user input into a route's name, memory stays
 * bounded.
 */
const MOST_ROUTES = 200;

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STAGE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

const SCORING_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'];

/** Values that are asked for when the metrics are read. */
export interface Gauges {
  /** Inputs that wait for a batch, of all models. */
  readonly queueDepth?: () => number;
  /** Lines of the log that could not be written. */
  readonly droppedLines?: () => number;
  readonly models?: () => Iterable<{ readonly name: string; readonly version: string; readonly ready: boolean }>;
  /** Scoring jobs that are kept, by their state. */
  readonly scoringJobs?: () => Promise<Readonly<Record<string, number>>>;
  /** The metrics of all processes of the server, where there are several. */
  readonly textOfAll?: () => Promise<string>;
}

export interface Metrics {
  requestStarted(): void;
  /** Counts a request and its jobs by its notes. Once, when its answer has closed. */
  requestEnded(request: IncomingMessage, response: ServerResponse): void;
  /** Counts a job that belongs to no HTTP request; those of requests are in their notes. */
  jobDone(model: string, timings: JobTimings): void;
  /** A batch of `size` inputs has run. */
  batchDone(model: string, size: number): void;
  workerRestarted(): void;
  /** Replaces what is asked for when the metrics are read. */
  watch(gauges: Gauges): void;
  /** The media type of `text`. */
  readonly contentType: string;
  text(): Promise<string>;
  /** The same as data, to be summed over the processes of the server. */
  data(): ReturnType<Registry['getMetricsAsJSON']>;
  /** Of these the counters and histograms alone, without a look at anything else. */
  counted(): ReturnType<Registry['getMetricsAsJSON']>;
}

/** Gauges are left alone: to read the delay of the event loop begins a new measurement. */
const countersIn = (registry: Registry): Counter[] =>
  registry.getMetricsAsArray().filter((metric) => !(metric instanceof Gauge || metric instanceof Summary)) as never;

/** How many requests ended with the same route, method and status. */
interface Answered {
  readonly labels: { readonly route: string; readonly method: string; readonly status: number };
  count: number;
}

export function createMetrics(gauges: Gauges = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  let asked = gauges;
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_RESOLUTION });

  const answered = new Map<string, Answered>();
  new Counter({
    name: 'senn_http_requests_total',
    help: 'Requests that have ended, by the pattern of their route; status 499: the client left before the answer.',
    labelNames: ['route', 'method', 'status'],
    registers,
    collect() {
      this.reset();
      for (const { labels, count } of answered.values()) this.inc(labels, count);
    },
  });
  const durations = registerHistogram({
    name: 'senn_http_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: REQUEST_SECONDS,
    registry,
  });
  let open = 0;
  new Gauge({
    name: 'senn_http_requests_in_work',
    help: 'Requests without their answer yet.',
    registers,
    collect() {
      this.set(open);
    },
  });
  const jobs = registerHistogram({
    name: 'senn_job_stage_seconds',
    help: 'Stages of a job: waiting, images into tensors, ONNX Runtime and the explanation, JSON and pictures.',
    labelNames: ['model', 'stage'],
    buckets: STAGE_SECONDS,
    registry,
  });
  const batches = registerHistogram({
    name: 'senn_batch_size',
    help: 'Inputs that ran as one batch.',
    labelNames: ['model'],
    buckets: BATCH_SIZES,
    registry,
  });
  const restarts = new Counter({
    name: 'senn_worker_restarts_total',
    help: 'Inference threads that ended and were replaced.',
    registers,
  });
  new Counter({
    name: 'senn_log_lines_dropped_total',
    help: 'Lines of the log that could not be written: the disk is full, or nobody reads the pipe.',
    registers,
    collect() {
      this.reset();
      this.inc(asked.droppedLines?.() ?? 0);
    },
  });
  new Gauge({
    name: 'senn_queue_depth',
    help: 'Inputs that wait for a batch.',
    registers,
    collect() {
      this.set(asked.queueDepth?.() ?? 0);
    },
  });
  new Gauge({
    name: 'senn_model_ready',
    help: 'Versions of models that the server has: 1 where it is asked.',
    labelNames: ['model', 'version'],
    aggregator: 'min',
    registers,
    collect() {
      this.reset();
      for (const { name, version, ready } of asked.models?.() ?? []) this.set({ model: name, version }, Number(ready));
    },
  });

  new Gauge({
    name: 'senn_scoring_jobs',
    help: 'Scoring jobs that wait, run, or have ended and are kept.',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = (await asked.scoringJobs?.()) ?? {};
      this.reset();
      for (const state of SCORING_STATES) this.set({ state }, counts[state] ?? 0);
    },
  });

  let refused = 0;
  new Counter({
    name: 'senn_http_requests_refused_total',
    help: 'Requests that were refused because there was too much in work, or too many came from their client.',
    registers,
    collect() {
      this.reset();
      this.inc(refused);
    },
  });

  const known = new Set<string>();
  const bounded = (route: string): string => {
    if (known.has(route)) return route;
    if (known.size >= MOST_ROUTES) return 'other';
    known.add(route);
    return route;
  };
  const batchesOf = memoized((model) => batches({ model }));
  const stagesOf = memoized((model) => stages.map((stage) => ({ stage, observe: jobs({ model, stage }) })));
  const jobDone: Metrics['jobDone'] = (model, timings) => {
    for (const { stage, observe } of stagesOf(model)) observe(timings[stage] / 1000);
  };
  const durationsOf = memoized((route) => durations({ route }));
  const count = (route: string, method: string, status: number): void => {
    const key = `${status} ${method} ${route}`;
    const found = answered.get(key);
    if (found === undefined) answered.set(key, { labels: { route, method, status }, count: 1 });
    else found.count += 1;
  };
  const requestEnded: Metrics['requestEnded'] = (request, response) => {
    open -= 1;
    const notes = notesOf(response);
    const { startedAt, jobs: done } = notes;
    if (notes.refused === true) refused += 1;
    const route = bounded(routeOf(request, response));
    count(route, request.method ?? '', statusOf(response));
    durationsOf(route)((performance.now() - startedAt) / 1000);
    for (const { model, timings } of done) jobDone(model, timings);
  };

  const text = (): Promise<string> => asked.textOfAll?.() ?? registry.metrics();
  return {
    requestStarted: () => {
      open += 1;
    },
    requestEnded,
    jobDone,
    batchDone: (model, size) => batchesOf(model)(size),
    workerRestarted: () => restarts.inc(),
    watch: (more) => {
      asked = { ...asked, ...more };
    },
    contentType: registry.contentType,
    text,
    data: () => registry.getMetricsAsJSON(),
    counted: () => Promise.all(countersIn(registry).map((metric) => metric.get())),
  };
}
