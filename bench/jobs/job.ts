import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { hasEnded, jobStates } from '../../serve/jobs/queue.ts';
import { cpuSecondsOfProcess } from '../serve/servers/processes.ts';

/** A scoring job of a server that is being measured. */

const jobSchema = z.object({
  id: z.string(),
  state: z.enum(jobStates),
  progress: z.object({ stage: z.string().optional(), done: z.number() }).optional(),
  failure: z.object({ message: z.string() }).optional(),
});
type JobView = z.output<typeof jobSchema>;

export interface Done {
  /** As `inputs 512`. */
  readonly progress: string;
  /** Seconds of CPU of its process; `undefined` where nobody tells. */
  readonly cpuSeconds: number | undefined;
}

export interface RunningJob {
  /** What it has done so far. @throws where it has ended */
  done(): Promise<Done>;
  /** Cancels it, and resolves when its process has ended. */
  stop(): Promise<void>;
}

const LOOK = 100;
const PATIENCE = 120_000;

async function ask(url: string, method = 'GET'): Promise<JobView> {
  const response = await fetch(url, { method });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 300)}`);
  return jobSchema.parse(JSON.parse(text));
}

/**
 * Starts a job and resolves when it is at work.
 * @param folder of the server's jobs
 * @param query as `model=mnist-disenn&set=mnist:test`
 * @throws where it is refused, or ends before it works
 */
export async function startJob(server: string, folder: string, query: string): Promise<RunningJob> {
  const { id } = await ask(`${server}/jobs?${query}`, 'POST');
  const self = `${server}/jobs/${id}`;
  const working = async (): Promise<JobView> => {
    const job = await ask(self);
    if (!hasEnded(job)) return job;
    throw new Error(`the job is ${job.state}${job.failure === undefined ? '' : `: ${job.failure.message}`}`);
  };
  const end = Date.now() + PATIENCE;
  while ((await working()).progress === undefined) {
    if (Date.now() > end) throw new Error(`the job has done nothing in ${PATIENCE / 1000} s`);
    await sleep(LOOK);
  }
  return {
    async done() {
      const { progress: { stage = '', done } = { done: 0 } } = await working();
      const pid = Number(await readFile(join(folder, id, 'pid'), 'utf8'));
      return { progress: `${stage} ${done}`.trim(), cpuSeconds: await cpuSecondsOfProcess(pid) };
    },
    async stop() {
      await ask(self, 'DELETE');
      while (!hasEnded(await ask(self))) await sleep(LOOK);
    },
  };
}
