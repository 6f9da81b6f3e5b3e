import type { IncomingMessage } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { Limits } from '../../config/limits.ts';

/** One thing to predict, whatever body it came in. `where` names it in errors. */
export type Instance =
  | { readonly kind: 'image'; readonly where: string; readonly bytes: Uint8Array }
  | { readonly kind: 'tabular'; readonly where: string; readonly values: Readonly<Record<string, number>> };

export type ReadInstances = (request: IncomingMessage) => Promise<Instance[]>;

/** Refuses more instances than one request may hold. @throws payload_too_large */
export function checkCount(count: number, what: string, { instancesPerRequest: most }: Limits): void {
  if (count > most) {
    throw new SennError('payload_too_large', `body: ${count} ${what}; at most ${most} are taken in one request`, {
      count,
      most,
    });
  }
}
