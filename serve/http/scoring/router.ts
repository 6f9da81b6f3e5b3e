import { join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { SennError } from '../../../core/errors.ts';
import type { JobStatus } from '../../jobs/queue.ts';
import { REPORT } from '../../jobs/score/child.ts';
import { noJobs, type ScoreQueue } from '../../jobs/score/scoring.ts';
import { notesOf } from '../../observe/request-notes.ts';
import type { Admit } from '../middleware/admission.ts';
import { methodNotAllowed } from '../middleware/errors.ts';
import { parsedQuery } from '../request-url.ts';
import { eventSender } from './events.ts';
import { reportTypeOf, sendReport } from './report.ts';
import { type ReceiveOptions, receiveSet, type StagedSet } from './request.ts';
import { type JobView, jobsQuerySchema } from './schema.ts';
import { viewOf } from './view.ts';

/**
 * `POST /score`, and `/jobs`: scores of a set's explanations. A job belongs to the key that made it; for any other it is
 * not there.
 */

interface RouterOptions extends ReceiveOptions {
  readonly admit: Admit;
}

const KEY = /^[\x21-\x7e]{1,128}$/;

const ownerOf = (response: Response): string | undefined => notesOf(response).client;

/** Keys of several clients do not meet. @throws invalid_request */
function idempotencyKeyOf(request: Request, response: Response): string | undefined {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return undefined;
  if (KEY.test(key)) return `${ownerOf(response) ?? ''} ${key}`;
  throw new SennError('invalid_request', 'Idempotency-Key: must be 1 to 128 letters, digits and signs of ASCII');
}

/** A job of whoever asks. @throws not_found */
async function ownJob(queue: ScoreQueue, id: string, owner: string | undefined): Promise<JobStatus> {
  const status = await queue.status(id);
  if (status.owner === owner) return status;
  throw new SennError('not_found', `jobs: no job "${id.slice(0, 100)}"`, {});
}

/** Why a job has no report. */
function noReport({ state, failure }: JobStatus): SennError {
  const why = failure === undefined ? `is ${state}` : `has failed: ${failure.message}`;
  return new SennError('conflict', `jobs: the job ${why}; it has no report`, { state });
}

export function scoringRouter({ admit, ...options }: RouterOptions): Router {
  const { scoring } = options;
  const { queue } = scoring;
  const router = Router();

  const accept = async (request: Request, response: Response, set: StagedSet): Promise<void> => {
    if (queue === undefined) throw noJobs();
    const { staging, payload, bytes } = set;
    const idempotencyKey = idempotencyKeyOf(request, response);
    const id = await scoring.enqueue(staging, { payload, bytes, owner: ownerOf(response), idempotencyKey });
    const view = viewOf(await queue.status(id));
    response.status(202).set('Location', view.links.self).json(view);
  };

  const score = async (request: Request, response: Response): Promise<void> => {
    const type = reportTypeOf(request);
    const set = await receiveSet(request, options);
    const { staging, payload, isSmall } = set;
    try {
      if (isSmall) {
        const gone = new AbortController();
        response.once('close', () => gone.abort()); // the client has gone, or it took too long
        await scoring.now(staging, payload, gone.signal);
        await sendReport(request, response, join(staging.folder, REPORT), type);
      } else if (queue === undefined) {
        const most = options.limits.instancesPerRequest;
        const rule = `at most ${most} inputs, as JSON, CSV or NDJSON, are scored at once`;
        const message = `body: ${rule}; jobs, which score more, need a server that is started with --jobs-folder DIR`;
        throw new SennError('payload_too_large', message, { most });
      } else await accept(request, response, set);
    } finally {
      await staging.discard();
    }
  };

  const create = async (request: Request, response: Response): Promise<void> => {
    if (queue === undefined) throw noJobs();
    const set = await receiveSet(request, options);
    try {
      await accept(request, response, set);
    } finally {
      await set.staging.discard();
    }
  };

  const list = async ({ query }: Request, response: Response): Promise<void> => {
    if (queue === undefined) throw noJobs();
    const { limit, after, state } = parsedQuery(jobsQuerySchema, query);
    const owner = ownerOf(response);
    const own = (await queue.list()).filter((job) => job.owner === owner);
    const from = after === undefined ? 0 : own.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && from === 0) throw new SennError('not_found', 'query: after: no such job', {});
    const matching = own.slice(from).filter((job) => state === undefined || job.state === state);
    const jobs: JobView[] = matching.slice(0, limit).map(viewOf);
    const last = matching.length > limit ? jobs.at(-1) : undefined;
    const next = last && `/jobs?limit=${limit}&after=${last.id}${state === undefined ? '' : `&state=${state}`}`;
    response.set('Cache-Control', 'no-store').json({ jobs, ...(next && { next }) });
  };

  /** A route over one job. */
  const withJob =
    (handle: (queue: ScoreQueue, job: JobStatus, request: Request, response: Response) => Promise<unknown>) =>
    async (request: Request<{ id: string }>, response: Response): Promise<void> => {
      if (queue === undefined) throw noJobs();
      const job = await ownJob(queue, request.params.id, ownerOf(response));
      await handle(queue, job, request as Request, response);
    };

  const show = withJob(async (_queue, job, _request, response) => {
    response.set('Cache-Control', 'no-store').json(viewOf(job));
  });

  const end = withJob(async (jobs, job, _request, response) => {
    await jobs.cancel(job.id);
    const now = viewOf(await jobs.status(job.id));
    if (job.endedAt !== undefined) await jobs.remove(job.id);
    response.json(now);
  });

  const report = withJob(async (_queue, job, request, response) => {
    const type = reportTypeOf(request);
    if (job.state !== 'done') throw noReport(job);
    await sendReport(request, response, scoring.reportOf(job.id), type);
  });

  router.route('/score').post(admit(score)).all(methodNotAllowed('POST'));
  router
    .route('/jobs')
    .get(list)
    .post(admit(create))
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router
    .route('/jobs/:id')
    .get(show)
    .delete(end)
    .all(methodNotAllowed('GET', 'HEAD', 'DELETE'));
  router.route('/jobs/:id/report').get(report).all(methodNotAllowed('GET', 'HEAD'));
  const send = queue && eventSender(queue);
  router
    .route('/jobs/:id/events')
    .get(withJob(async (_queue, job, request, response) => send?.(request, response, job)))
    .all(methodNotAllowed('GET'));
  return router;
}
