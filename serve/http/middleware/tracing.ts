import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type JobNote, notesOf, routeOf, stages, statusOf } from '../../observe/request-notes.ts';
import { traceParentOf } from '../../observe/traceparent.ts';
import { pathOf } from '../request-url.ts';
import type { Step } from '../step.ts';

/**
 * Traces of OpenTelemetry: a span a request, within its caller's trace, and one for each stage of its jobs. Nothing is
 * global: the tracer is an argument, and a server without one never loads this file.
 */

/** The span of the caller, by the headers `traceparent` and `tracestate`, as the parent of the request's span. */
function callersContext({ headers }: IncomingMessage): Context {
  const parent = traceParentOf(headers['traceparent']);
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, flags } = parent;
  const state = headers['tracestate'];
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: flags & 1,
    isRemote: true,
    ...(typeof state === 'string' && { traceState: createTraceState(state) }),
  });
}

/** Attributes by OpenTelemetry's semantic conventions for HTTP servers. The query is left out: it may hold anything. */
function attributesOf(request: IncomingMessage): Attributes {
  const { method, headers, httpVersion, socket } = request;
  return {
    'http.request.method': method ?? '',
    'url.path': pathOf(request),
    'url.scheme': socket instanceof TLSSocket ? 'https' : 'http',
    'network.protocol.version': httpVersion,
    ...(headers.host !== undefined && { 'server.address': headers.host.replace(/:\d+$/, '') }),
    ...(headers['user-agent'] !== undefined && { 'user_agent.original': headers['user-agent'] }),
  };
}

/**
 * The stages of a job as spans, one after the other, the last of which ends when the job's result was there.
 * @param epoch when `performance.now()` was 0, in milliseconds since 1970
 */
function traceJob(
  tracer: Tracer,
  context: Context,
  { model, version, timings, endedAt }: JobNote,
  epoch: number,
): void {
  const attributes = { 'senn.model.name': model, 'senn.model.version': version };
  let at = epoch + endedAt - stages.reduce((sum, stage) => sum + timings[stage], 0);
  for (const stage of stages) {
    const span = tracer.startSpan(stage, { startTime: new Date(at), attributes }, context);
    at += timings[stage];
    span.end(new Date(at));
  }
}

/** Makes the span of each request and notes the id of its trace. Must stand before everything else. */
export function traceRequests(tracer: Tracer): Step {
  const epoch = performance.timeOrigin;
  return (request, response, next) => {
    const notes = notesOf(response);
    const parent = callersContext(request);
    const options = { kind: SpanKind.SERVER, startTime: epoch + notes.startedAt, attributes: attributesOf(request) };
    const span = tracer.startSpan(request.method ?? '', options, parent);
    notes.traceId = span.spanContext().traceId;
    response.once('close', () => {
      const context = trace.setSpan(parent, span);
      if (span.isRecording()) {
        for (const job of notes.jobs) traceJob(tracer, context, job, epoch);
        name(span, request.method ?? '', routeOf(request, response), statusOf(response));
      }
      span.end();
    });
    next();
  };
}

function name(span: Span, method: string, route: string, status: number): void {
  span.updateName(`${method} ${route}`);
  span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}
