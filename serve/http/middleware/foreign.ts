import type { IncomingMessage } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { Step } from '../step.ts';

/**
 * Keeps pages of other sites from changing anything on a server without keys. A browser sends requests of any page
 * without asking its user. It says in `Origin` whose page that is; but a page of a site whose name was made to mean this
 * machine (DNS rebinding) counts as one of ours, and only the name in `Host` tells.
 */

/** Names and addresses by which only this machine itself is meant. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether two URLs have one origin, written out or not: browsers leave the usual port away. */
const isSame = (a: string, b: string): boolean =>
  URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin && new URL(b).origin !== 'null';

export interface Allowed {
  /** Names besides those of this machine by which the server may be called, without ports; undefined: any. */
  readonly hosts: readonly string[] | undefined;
  /** Other sites whose pages may call it; `*` for all. */
  readonly origins: readonly string[];
}

/** Why a request without a key may not change anything. */
export function whyForeign({ headers }: IncomingMessage, { hosts, origins }: Allowed): string | undefined {
  const { origin, host = '' } = headers;
  const url = `http://${host}`;
  const name = URL.canParse(url) ? new URL(url).hostname : '';
  if (hosts !== undefined && !LOOPBACK.test(name) && !hosts.includes(name)) {
    return `the host "${host.slice(0, 100)}" is not this machine; without keys only that, and those of allowedHosts, are taken`;
  }
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return undefined;
  return [`http://${host}`, `https://${host}`].some((own) => isSame(own, origin))
    ? undefined
    : 'pages of other sites may not change anything here';
}

/**
 * Guards routes by which clients keep something on a server without keys, as jobs. Reading is left to everybody.
 * @param where for the message: what the routes are about
 * @throws forbidden
 */
export function refuseForeign(allowed: Allowed, where: string): Step {
  return (request, _response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const why = isRead ? undefined : whyForeign(request, allowed);
    if (why === undefined) return next();
    const { origin, host } = request.headers;
    throw new SennError('forbidden', `${where}: ${why}`, { origin, host });
  };
}
