import type { IncomingMessage } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import { notesOf } from '../../observe/request-notes.ts';
import { pathOf } from '../request-url.ts';
import type { Step } from '../step.ts';
import { whyForeign } from './foreign.ts';
import type { KeyRing } from './keys.ts';

/** Who may use the server, by the key that a request brings. Where no keys are configured nobody needs one. */

export interface KeyRings {
  readonly api: KeyRing;
  readonly admin: KeyRing;
}

/** The key that a request brings, as `Authorization: Bearer KEY` or as `X-API-Key: KEY`. */
function keyOf({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer +([^ ]+) *$/i.exec(headers.authorization ?? '')?.[1];
  const given = bearer ?? headers['x-api-key'];
  return typeof given === 'string' && given !== '' ? given : undefined;
}

const CHALLENGE = 'Bearer realm="senn"';

/** Notes whose key the request brings, and refuses nobody: refused requests are to be counted and limited too. */
export function identifyClient({ api, admin }: KeyRings): Step {
  return (request, response, next) => {
    const key = keyOf(request);
    if (key !== undefined) {
      const client = api.owner(key) ?? admin.owner(key);
      if (client !== undefined) notesOf(response).client = client;
    }
    next();
  };
}

/** Paths that need no key: the orchestrator that asks for them, as Kubernetes, has none. */
export const openPaths: ReadonlySet<string> = new Set([
  '/health',
  '/health/live',
  '/health/ready',
  '/v2/health/live',
  '/v2/health/ready',
]);

const unauthorized = (sent: boolean): SennError =>
  new SennError(
    'unauthorized',
    sent
      ? 'key: it is none of those that this server knows'
      : 'key: this server takes none without; send "Authorization: Bearer KEY" or "X-API-Key: KEY"',
  );

/**
 * After `identifyClient`.
 * @throws unauthorized where there are API keys and the request has none of them, nor an admin's
 */
export function requireKey({ api }: KeyRings): Step {
  if (api.size === 0) return (_request, _response, next) => next();
  return (request, response, next) => {
    if (notesOf(response).client !== undefined || openPaths.has(pathOf(request))) return next();
    const sent = keyOf(request) !== undefined;
    response.setHeader('WWW-Authenticate', sent ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE);
    throw unauthorized(sent);
  };
}

/**
 * Guards the routes that change what is served. Where there are admin keys a request must bring one. Where there are
 * none, the configuration has made sure that only this machine reaches the server, or has named the hosts that it may be
 * called by; pages of other sites are refused.
 * @param allowedHosts without ports
 * @throws unauthorized, forbidden
 */
export function requireAdminKey({ admin }: KeyRings, allowedHosts: readonly string[] = []): Step {
  return (request, response, next) => {
    if (admin.size === 0) {
      const why = whyForeign(request, { hosts: allowedHosts, origins: [] });
      if (why === undefined) return next();
      const { origin, host } = request.headers;
      throw new SennError('forbidden', `admin: ${why}`, { origin, host });
    }
    const key = keyOf(request);
    if (key === undefined) {
      response.setHeader('WWW-Authenticate', CHALLENGE);
      throw unauthorized(false);
    }
    if (admin.owner(key) !== undefined) return next();
    if (notesOf(response).client === undefined) {
      response.setHeader('WWW-Authenticate', `${CHALLENGE}, error="invalid_token"`);
      throw unauthorized(true);
    }
    throw new SennError('forbidden', 'key: it is an API key; the admin routes take an admin key');
  };
}
