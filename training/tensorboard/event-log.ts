import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventFile, eventFileName, type ScalarEvent } from './event-file.ts';

/** The event files of one run, as TensorBoard reads them. */

export interface EventLogOptions {
  readonly directory: string;
  /** Event files of an earlier run stay: this one goes on from it. */
  readonly resume: boolean;
  readonly host: string;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * An event file that grows with a run. It is written in place, because TensorBoard follows a file by its identity; so
 * it does not lie in the run folder, which every checkpoint replaces. Nothing is touched before the first event: a run
 * that is refused leaves the events of an earlier one.
 */
export function openEventLog(options: EventLogOptions): (step: number, scalars: ScalarEvent['scalars']) => void {
  const { directory, resume, host, now } = options;
  const wallTime = now();
  const path = join(directory, eventFileName(wallTime, host));
  const events: ScalarEvent[] = [];
  const begin = (): void => {
    mkdirSync(directory, { recursive: true });
    for (const name of resume ? [] : readdirSync(directory)) {
      if (name.startsWith('events.out.tfevents.')) rmSync(join(directory, name));
    }
  };
  return (step, scalars) => {
    if (events.length === 0) begin();
    events.push({ step, wallTime: now(), scalars });
    writeFileSync(path, eventFile(events, { wallTime }));
  };
}
