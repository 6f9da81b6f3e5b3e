import type { Metrics } from '../../observe/metrics.ts';
import { notesOf } from '../../observe/request-notes.ts';
import type { Step } from '../step.ts';

/** Counts every request in the server's metrics, however it ends. Must stand before everything that may answer. */
export function countRequests(metrics: Pick<Metrics, 'requestStarted' | 'requestEnded'>): Step {
  return (request, response, next) => {
    metrics.requestStarted();
    notesOf(response); // the first call notes the time at which the request began
    response.on('close', () => metrics.requestEnded(request, response));
    next();
  };
}
