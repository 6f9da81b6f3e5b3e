import type { JobStatus } from '../../jobs/queue.ts';
import type { JobView } from './schema.ts';

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A job as its client sees it. */
export function viewOf({ id, state, about, createdAt, startedAt, endedAt, progress, failure }: JobStatus): JobView {
  const self = `/jobs/${id}`;
  return {
    id,
    state,
    model: String(about?.['model']),
    version: String(about?.['version']),
    createdAt: timeOf(createdAt),
    ...(startedAt !== undefined && { startedAt: timeOf(startedAt) }),
    ...(endedAt !== undefined && { endedAt: timeOf(endedAt) }),
    ...(progress && { progress }),
    ...(failure && { failure: { ...failure, details: { ...failure.details } } }),
    links: { self, events: `${self}/events`, report: `${self}/report` },
  };
}
