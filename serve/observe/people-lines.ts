import pretty from 'pino-pretty';

/**
 * The lines of the log as people read them on a terminal: what happened first, then what it is about. Machines get the
 * JSON that these are made of.
 */

/** What pino and the routes put into a line. */
interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: unknown;
  readonly req?: { readonly id: string; readonly method?: string; readonly url?: string };
  readonly res?: { readonly statusCode: number };
  readonly responseTime?: number;
  readonly [field: string]: unknown;
}

/** Told apart, or of no use to somebody who looks on. */
const untold: ReadonlySet<string> = new Set([
  ...['level', 'time', 'msg', 'err', 'req', 'res', 'responseTime'],
  ...['pid', 'hostname', 'route', 'jobs', 'traceId', 'client'],
]);

/** Characters that a terminal obeys, or that change the order of others; texts of clients may hold them. */
const OBEYED = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A value of the JSON with such characters written out. Stacks are of several lines. */
function visible(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(OBEYED, (character) =>
    key === 'stack' && character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const ROUNDED = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });

function toldOf({ msg = '', req, res, responseTime = 0, ...line }: Line): string {
  const fields = Object.entries(line)
    .filter(([field]) => !untold.has(field))
    .map(([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  if (req !== undefined && res !== undefined) {
    const request = `${req.method} ${req.url} ${res.statusCode} in ${ROUNDED.format(responseTime)} ms`;
    return [request, ...(msg === 'request completed' ? [] : [msg]), ...fields].join(' ');
  }
  return [msg, ...fields, ...(req === undefined ? [] : [`request=${req.id}`])].join(' ');
}

/** @returns what makes a line of JSON one, or with an error's stack several, for people, with its end */
export function peopleLines({ colours }: { readonly colours: boolean }): (json: string) => string {
  const format = pretty.prettyFactory({ colorize: colours, translateTime: 'SYS:HH:MM:ss', singleLine: true });
  return (json) => {
    const line = JSON.parse(json, visible) as Line;
    const { level, time, err } = line;
    return format({ level, time, msg: toldOf(line), ...(err !== undefined && { err }) });
  };
}
