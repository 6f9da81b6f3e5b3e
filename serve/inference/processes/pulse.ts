import type { Logger } from 'pino';

/**
 * Whether the processes of a server answer at all: each is asked every second. One that is stopped, or whose event loop
 * hangs, takes part in nothing that waits for all, and where that lasts another takes its place.
 */

/** Milliseconds between beats. */
const BEAT = 1000;
/**
 * Beats without an answer after which a process counts as silent, and after which it is given up. Beats are counted and not
 * seconds: a machine that slept, or a container that was frozen, has had none meanwhile.
 */
const SILENT = 10;
const GIVEN_UP = 60;

export interface Member {
  readonly pid: number | undefined;
  /** Asks for a sign of life. Resolves when it comes, rejects when the process has ended. */
  ask(): Promise<unknown>;
  end(): void;
}

export interface Pulse<Process> {
  /** From now on it is asked. */
  watch(process: Process, member: Member): void;
  /** It has ended. */
  forget(process: Process): void;
  isSilent(process: Process): boolean;
  silent(): number;
  /** What the work gives, or undefined as soon as the process is silent, in which case the work may still be done, or ended. */
  unlessSilent<T>(process: Process, work: Promise<T>): Promise<T | undefined>;
  close(): void;
}

interface Watched extends Member {
  /** Beats since the question that is not answered yet; 0 where there is none. */
  missed: number;
  /** Whom to tell that it is silent. */
  readonly waiting: Set<() => void>;
}

export function startPulse<Process>(logger: Logger, beatMs = BEAT): Pulse<Process> {
  const watched = new Map<Process, Watched>();

  const beat = (member: Watched): void => {
    const { pid } = member;
    if (member.missed === 0) {
      const answered = (): void => {
        if (member.missed >= SILENT) logger.warn({ process: pid }, 'a process of the server answers again');
        member.missed = 0;
      };
      member.ask().then(answered, () => undefined);
    }
    member.missed += 1;
    if (member.missed === SILENT) {
      logger.error({ process: pid, seconds: (SILENT * beatMs) / 1000 }, 'a process of the server does not answer');
      for (const tell of member.waiting) tell();
    }
    if (member.missed === GIVEN_UP) {
      logger.error({ process: pid }, 'a process of the server has not answered for long; it is ended');
      member.end();
    }
  };
  const timer = setInterval(() => {
    for (const member of watched.values()) beat(member);
  }, beatMs);
  timer.unref();

  const isSilent = (process: Process): boolean => (watched.get(process)?.missed ?? 0) >= SILENT;

  return {
    watch: (process, member) => void watched.set(process, { ...member, missed: 0, waiting: new Set() }),
    forget(process) {
      for (const tell of watched.get(process)?.waiting ?? []) tell();
      watched.delete(process);
    },
    isSilent,
    silent: () => [...watched.keys()].filter(isSilent).length,
    async unlessSilent(process, work) {
      const waiting = watched.get(process)?.waiting;
      if (waiting === undefined) return work;
      if (isSilent(process)) {
        work.catch(() => undefined);
        return undefined;
      }
      let tell = (): void => {};
      const silence = new Promise<undefined>((resolve) => {
        tell = () => resolve(undefined);
      });
      waiting.add(tell);
      try {
        return await Promise.race([work, silence]);
      } finally {
        waiting.delete(tell);
      }
    },
    close: () => clearInterval(timer),
  };
}
