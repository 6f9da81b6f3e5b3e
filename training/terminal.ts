import { auditSentence } from '../core/audit/sentence.ts';
import { auditRows, besideText, figureText } from '../core/audit/table.ts';
import type { Audit } from '../core/manifest.ts';
import type { Progress } from './loop/progress.ts';

/** How long work shows itself on a terminal, and elsewhere. */

const PLAIN_LINE_SECONDS = 15;

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

export function termsLine(terms: Progress['terms']): string {
  return Object.entries(terms)
    .map(([term, value]) => `${term} ${(value as number).toPrecision(4)}`)
    .join('  ');
}

function progressLine({ epoch, epochs, step, steps, terms, remainingSeconds }: Progress): string {
  return `epoch ${epoch}/${epochs}  step ${step}/${steps}  ${termsLine(terms)}  ${duration(remainingSeconds)} left`;
}

/** One line rewritten in place on a terminal; elsewhere a plain line now and then. */
export function progressWriter(stream: NodeJS.WriteStream): (progress: Progress) => void {
  let lastLine = Number.NEGATIVE_INFINITY;
  return (progress) => {
    if (stream.isTTY) {
      stream.write(`\r\u001b[K${progressLine(progress)}`);
    } else if (progress.elapsedSeconds < lastLine || progress.elapsedSeconds - lastLine >= PLAIN_LINE_SECONDS) {
      // Less than before: a new run of a sweep.
      lastLine = progress.elapsedSeconds;
      stream.write(`${progressLine(progress)}\n`);
    }
  };
}

/** Aborts on the first SIGINT; a second one ends the process at once. */
export function interruption(onInterrupt: () => void): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    onInterrupt();
    controller.abort();
  });
  return controller.signal;
}

/** Behind the backend that runs: the faster ones that did not start, and how to find out why. */
export function toldMissing(names: readonly string[]): string {
  const [first] = names;
  return first === undefined ? '' : ` (not ${names.join(', ')}: --backend ${first} says why)`;
}

/** The audit of a run as a short table, and what it says; nothing where there is none. */
export function auditLines(audit: Audit | undefined): string[] {
  if (audit === undefined) return [];
  const rows = auditRows(audit).map((row) => [row.name, figureText(row.value), besideText(row)] as const);
  const [names, values] = [0, 1].map((i) => Math.max(0, ...rows.map((cells) => (cells[i] as string).length)));
  const sentence = auditSentence(audit);
  return [
    `audit on ${audit.data}, ${audit.count} inputs`,
    ...rows.map(([name, value, beside]) =>
      `  ${name.padEnd(names as number)}  ${value.padStart(values as number)}  ${beside}`.trimEnd(),
    ),
    ...(sentence === undefined ? [] : [sentence]),
  ];
}
