/** Where progress goes: standard error, or a list in a test. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Reports the `done` of `total` of one stage after the other. */
export type Progress = (stage: string, done: number, total: number) => void;

const BAR = 30;

/** Of seconds, as a person says them: `42 s`, `3 min`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * A bar that redraws itself on a terminal, with the time left once that can be told; elsewhere one plain line for every
 * quarter of a stage.
 * @param now milliseconds
 */
export function progressOn(stream: ProgressStream, now: () => number = performance.now.bind(performance)): Progress {
  let reported = '';
  let [stageNow, startedAt, startedWith] = ['', 0, 0];
  /** Of the stage, at the pace it has had: what a journal had already says nothing of it. */
  const left = (done: number, total: number): string => {
    const [seconds, steps] = [(now() - startedAt) / 1000, done - startedWith];
    return seconds < 2 || steps <= 0 || done === total
      ? ''
      : `, ${durationText((seconds / steps) * (total - done))} left`;
  };
  return (stage, done, total) => {
    if (stage !== stageNow) [stageNow, startedAt, startedWith] = [stage, now(), done];
    const share = done / total;
    if (stream.isTTY) {
      const filled = Math.round(share * BAR);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
      stream.write(`\r\u001b[K${stage} ${bar} ${done}/${total}${left(done, total)}${done === total ? '\n' : ''}`);
      return;
    }
    const quarter = `${stage} ${Math.floor(share * 4)}`;
    if (quarter === reported || share < 0.25) return;
    reported = quarter;
    stream.write(`${stage}: ${done}/${total}${left(done, total)}\n`);
  };
}

/** What a job's process tells the one that started it. */
export interface ProgressMessage {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** The side of a job's process of the channel that node:child_process lays. */
type Parent = Pick<NodeJS.Process, 'send' | 'channel' | 'once' | 'exit'>;

/** Milliseconds between two messages: an input may take less than one. */
const BETWEEN = 100;

/**
 * Tells the process that started this one, a few times a second and the last of each stage; and ends with it: nobody would
 * read what comes of the job, and another process may go on with it.
 */
export function progressTo(parent: Parent, now: () => number = performance.now.bind(performance)): Progress {
  parent.once('disconnect', () => parent.exit(1));
  parent.channel?.unref(); // it does not keep the process running when the job is done
  let toldAt = Number.NEGATIVE_INFINITY;
  return (stage, done, total) => {
    if (done < total && now() - toldAt < BETWEEN) return;
    toldAt = now();
    parent.send?.({ stage, done, total } satisfies ProgressMessage);
  };
}
