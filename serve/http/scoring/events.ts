import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Request, Response } from 'express';
import { SennError } from '../../../core/errors.ts';
import { hasEnded, type JobStatus } from '../../jobs/queue.ts';
import type { ScoreQueue } from '../../jobs/score/scoring.ts';
import { openEnded } from '../middleware/deadline.ts';
import { viewOf } from './view.ts';

/**
 * The progress of a job as server-sent events (HTML, §9.2): each is the job as it stands, under the name of its state, so
 * none that is missed is lost.
 */

/** Milliseconds between comments that keep proxies from closing a stream in which nothing happens. */
const HEARTBEAT = 15_000;

/** Streams that are open at a time: each holds a connection. */
const MOST_STREAMS = 256;

/** Of a job as it stands; of one that has ended, the same after a restart of the server, which forgets progress. */
function idOf({ progress, ...status }: JobStatus): string {
  const told = hasEnded(status) ? status : { ...status, progress };
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 22);
}

/**
 * Sends the job and each of its changes, and ends after its last. A client that has had the last already (it says so in
 * `Last-Event-ID`) gets 204, by which browsers stop asking.
 */
export function eventSender(queue: ScoreQueue, heartbeatMs = HEARTBEAT) {
  let streams = 0;
  return async (
    { method, headers }: Pick<Request, 'method' | 'headers'>,
    response: Response,
    status: JobStatus,
  ): Promise<void> => {
    const known = headers['last-event-id'];
    if (hasEnded(status) && known === idOf(status)) {
      response.status(204).end();
      return;
    }
    if (streams >= MOST_STREAMS) {
      throw new SennError('unavailable', `jobs: ${streams} streams of events are open; at most ${MOST_STREAMS} may be`);
    }
    openEnded(response);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no', // nginx would gather events
    });
    response.flushHeaders();
    if (method === 'HEAD') {
      response.end();
      return;
    }
    const gone = new AbortController();
    const beat = setInterval(() => {
      if (response.writableLength === 0) response.write(': still here\n\n'); // else the client does not read
    }, heartbeatMs);
    response.once('close', () => gone.abort());
    streams += 1;
    try {
      for await (const now of queue.events(status.id, gone.signal)) {
        const id = idOf(now);
        if (id === known) continue;
        const event = `id: ${id}\nevent: ${now.state}\ndata: ${JSON.stringify(viewOf(now))}\n\n`;
        if (!response.write(event)) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
      }
    } finally {
      streams -= 1;
      clearInterval(beat);
      response.end();
    }
  };
}
