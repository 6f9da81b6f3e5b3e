/** Where progress goes: standard error, or a list in a test. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Reports the `done` of `total` of one stage after the other. */
export type Progress = (stage: string, done: number, total: number) => void;

const BAR = 30;

/** A bar that redraws itself on a terminal; elsewhere one plain line for every quarter of a stage. */
export function progressOn(stream: ProgressStream): Progress {
  let reported = '';
  return (stage, done, total) => {
    const share = done / total;
    if (stream.isTTY) {
      const filled = Math.round(share * BAR);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
      stream.write(`\r\u001b[K${stage} ${bar} ${done}/${total}${done === total ? '\n' : ''}`);
      return;
    }
    const quarter = `${stage} ${Math.floor(share * 4)}`;
    if (quarter === reported || share < 0.25) return;
    reported = quarter;
    stream.write(`${stage}: ${done}/${total}\n`);
  };
}
