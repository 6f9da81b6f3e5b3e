import type { Tracer } from '@opentelemetry/api';
import type { ServerConfig } from '../config/index.ts';

/** Starts OpenTelemetry where a collector is configured; middleware/tracing.ts makes the spans. */

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends the spans that are left, then ends. */
  close(): Promise<void>;
}

export interface TracingOptions {
  readonly otel: ServerConfig['otel'];
  /** The version of the package. */
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether a collector is named, and traces are not switched off (the variables of OpenTelemetry's specification). */
function isConfigured({ otel, environment }: TracingOptions): boolean {
  if (environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  if (environment['OTEL_TRACES_EXPORTER'] === 'none') return false;
  const named = [
    otel.endpoint,
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    environment['OTEL_EXPORTER_OTLP_ENDPOINT'],
  ];
  return named.some((endpoint) => endpoint !== undefined && endpoint !== '');
}

/**
 * Traces to an OTLP/HTTP collector, as JSON; `undefined` where none is configured, and then OpenTelemetry's SDK is not
 * even loaded. Sampler, batches, headers and resource come from its own `OTEL_*` variables.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  if (!isConfigured(options)) return undefined;
  const [sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { otel, version } = options;
  const url = otel.endpoint === undefined ? {} : { url: `${otel.endpoint.replace(/\/+$/, '')}/v1/traces` };
  const provider = new sdk.NodeTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'senn', 'service.version': version }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter(url))],
  });
  return {
    tracer: provider.getTracer('senn-onnx', version),
    close: () => provider.shutdown(),
  };
}
