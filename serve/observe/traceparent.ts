/** The caller's place in a trace (W3C Trace Context, `traceparent`): 16 and 8 bytes as hexadecimal digits. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  /** Bit 0: sampled. */
  readonly flags: number;
}

const FORM = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-|$)/;

/**
 * @returns undefined where there is no header or it is malformed. Version 00 ends after the flags; later ones may go
 *   on.
 */
export function traceParentOf(header: string | readonly string[] | undefined): TraceParent | undefined {
  if (typeof header !== 'string' || (header.startsWith('00-') && header.length !== 55)) return undefined;
  const [, traceId, spanId, flags] = FORM.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}
