import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import '../../../serve/inference/no-telemetry.ts'; // here, since it cannot be done in the threads
import { rawReportSchema, rawTaskSchema } from './protocol.ts';

/** Runs h, θ and the decoder in a loop, with nothing around it, and prints how many inputs a second that makes. */
const task = rawTaskSchema.parse(JSON.parse(process.argv[2] ?? ''));

// `--import tsx` does nothing outside the main thread: a worker must register it itself.
const register = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
const workers = Array.from(
  { length: task.threads },
  () =>
    new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: task,
      execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`],
    }),
);
await Promise.all(workers.map((worker) => once(worker, 'message')));
for (const worker of workers) worker.postMessage('go');
const reports = await Promise.all(workers.map((worker) => once(worker, 'message')));
const inputsPerSecond = reports.reduce((sum, [report]) => sum + rawReportSchema.parse(report).inputsPerSecond, 0);
console.log(JSON.stringify(rawReportSchema.parse({ inputsPerSecond })));
