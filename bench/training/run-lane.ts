import { spawn } from 'node:child_process';
import type { Lane } from './lanes.ts';
import { type Report, reportSchema } from './protocol.ts';

/** One lane in a process of its own: no lane inherits the memory or the compiled code of another. */

const STDERR_LINES = 5;

const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n');

/** Runs the program of a lane in a fresh process and reads its report. @throws where it fails or reports nothing */
export async function runLane({ backend, estimator, command }: Lane, flags: readonly string[]): Promise<Report> {
  const where = `${backend} ${estimator}`;
  const [file, ...args] = command;
  const child = spawn(file, [...args, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const status = await new Promise<number | string>((resolve, reject) => {
    child.on('error', (cause) => reject(new Error(`${where}: ${file} does not start`, { cause })));
    child.on('close', (code, signal) => resolve(code ?? (signal as string)));
  });
  if (status !== 0) throw new Error(`${where}: ended with ${status}\n${lastLines(output.stderr, STDERR_LINES)}`);
  const line = lastLines(output.stdout, 1);
  try {
    return reportSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(`${where}: ends its output by no report, but by ${JSON.stringify(line.slice(0, 200))}`, { cause });
  }
}
