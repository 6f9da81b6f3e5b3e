import { fstatSync, write, writeSync } from 'node:fs';

/**
 * Where the lines of a log go. Writing never holds the event loop and never ends the process, whatever stands behind
 * the file descriptor: a full disk, a pipe that nobody reads or that is closed, a terminal that was stopped. Lines that
 * cannot be written are dropped and counted. (Loggers usually wait and try again without end: that is right for a
 * program whose log matters more than its answers, and wrong for a server.)
 */
export interface LineSink {
  /** Takes a line with its end; written at once, or together with those that come while others are being written. */
  write(line: string): void;
  /** How many lines were dropped so far. */
  dropped(): number;
  /**
   * Waits until every line has been written or dropped, but not longer than so many milliseconds.
   * @returns whether the process can end: false where a thread is still held by a write, for which exiting would wait
   */
  flush(milliseconds: number): Promise<boolean>;
  /** For the very end of the process, when nothing can be waited for: writes what can be written without waiting. */
  last(): void;
}

/** Bytes of lines that wait for the one write under way; lines beyond are dropped. */
const MOST_WAITING = 8 * 1024 * 1024;

/** Milliseconds until a write is tried again that a terminal or a device cannot take at the moment. */
const TRY_AGAIN = 20;

const NEWLINE = 0x0a;

/** One way to write bytes. */
interface Outlet {
  /** Whether a write that does not end holds a thread. */
  readonly holdsThread: boolean;
  /** Calls back once: with nothing when all is written, or with how many bytes were when the rest cannot be. */
  put(bytes: Buffer, done: (broken?: { readonly written: number }) => void): void;
  /** Writes without waiting; what cannot be written so is lost. */
  putNow(bytes: Buffer): void;
}

/** Files, terminals and devices: written by a thread of libuv's pool, so that a slow one delays nobody. */
function fileOutlet(fileDescriptor: number): Outlet {
  return {
    holdsThread: true,
    put(bytes, done) {
      const from = (start: number): void => {
        write(fileDescriptor, bytes, start, bytes.length - start, null, (error, count) => {
          if (error?.code === 'EAGAIN') setTimeout(from, TRY_AGAIN, start).unref();
          else if (error !== null || count === 0) done({ written: start });
          else if (start + count < bytes.length) from(start + count);
          else done();
        });
      };
      from(0);
    },
    putNow: (bytes) => void written(fileDescriptor, bytes, 0),
  };
}

/** Writes as much as goes. @returns where it ended, and why where that is not the end */
function written(fileDescriptor: number, bytes: Buffer, start: number): { end: number; code?: string | undefined } {
  let end = start;
  try {
    while (end < bytes.length) end += writeSync(fileDescriptor, bytes, end);
    return { end };
  } catch (error) {
    return { end, code: (error as NodeJS.ErrnoException).code };
  }
}

/**
 * Pipes and sockets that do not block: written here, as far as their reader takes the bytes. A thread would wait in the
 * middle of a write for a reader that does not read, and keep the process from ending.
 */
function pipeOutlet(fileDescriptor: number): Outlet {
  return {
    holdsThread: false,
    put(bytes, done) {
      const from = (start: number): void => {
        const { end, code } = written(fileDescriptor, bytes, start);
        if (code === 'EAGAIN') setTimeout(from, TRY_AGAIN, end).unref();
        else if (code === undefined) done();
        else done({ written: end });
      };
      from(0);
    },
    putNow: (bytes) => void written(fileDescriptor, bytes, 0),
  };
}

/** What Node's streams have inside, and libraries for commands have used for as long as there is Node. */
interface Inside {
  readonly _handle?: { setBlocking?(blocking: boolean): number };
}

/** Node makes its pipes to stdout and stderr block. @returns whether this one blocks no more */
function unblocked(fileDescriptor: number): boolean {
  const stream = { 1: process.stdout, 2: process.stderr }[fileDescriptor] as Inside | undefined;
  return stream?._handle?.setBlocking?.(false) === 0;
}

function outletOf(fileDescriptor: number): Outlet {
  const stat = fstatSync(fileDescriptor);
  const isPipe = stat.isFIFO() || stat.isSocket();
  return isPipe && unblocked(fileDescriptor) ? pipeOutlet(fileDescriptor) : fileOutlet(fileDescriptor);
}

/** How many of the lines end within the first `written` bytes. */
function wholeLines(bytes: Buffer, written: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0 && at < written; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** @param fileDescriptor open for writing */
export function lineSink(fileDescriptor: number): LineSink {
  const outlet = outletOf(fileDescriptor);
  let waiting: string[] = [];
  let size = 0;
  let dropped = 0;
  let busy = false;
  /** Half of a line was written: the next one starts on a line of its own. */
  let torn = false;
  let onIdle: (() => void)[] = [];

  const taken = (): Buffer => {
    const bytes = Buffer.from((torn ? '\n' : '') + waiting.join(''));
    waiting = [];
    size = 0;
    return bytes;
  };

  const next = (): void => {
    if (busy) return;
    if (waiting.length === 0) {
      for (const resolve of onIdle) resolve();
      onIdle = [];
      return;
    }
    busy = true;
    const [lines, wasTorn] = [waiting.length, torn];
    const bytes = taken();
    outlet.put(bytes, (broken) => {
      busy = false;
      if (broken === undefined) torn = false;
      else {
        const { written } = broken;
        // with the stack of an error a line for people is several: then fewer count as dropped than were
        dropped += Math.max(0, lines - Math.max(0, wholeLines(bytes, written) - Number(wasTorn)));
        if (written > 0) torn = bytes[written - 1] !== NEWLINE;
      }
      next();
    });
  };

  return {
    write(line) {
      if (size + line.length > MOST_WAITING) {
        dropped += 1;
        return;
      }
      waiting.push(line);
      size += line.length;
      next();
    },
    dropped: () => dropped,
    flush: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds, !outlet.holdsThread);
        onIdle.push(() => {
          clearTimeout(timer);
          resolve(true);
        });
        next();
      }),
    last: () => {
      if (!busy && waiting.length > 0) outlet.putNow(taken());
    },
  };
}
