import type { IncomingMessage } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { ConceptValues } from '../../../core/views/intervention.ts';
import type { Limits } from '../../config/limits.ts';
import type { JsonBudget } from './structure.ts';

/** One thing to predict, whatever body it came in. `where` names it in errors, `concepts` says which are to be set. */
export type Instance = { readonly where: string; readonly concepts?: ConceptValues | undefined } & (
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  | { readonly kind: 'tabular'; readonly values: Readonly<Record<string, number>> }
);

/**
 * Reads the instances of a request.
 * @param budget what a body in JSON may hold; asked for where the body is such
 */
export type ReadInstances = (request: IncomingMessage, budget: () => JsonBudget) => Promise<Instance[]>;

/** Refuses more instances than one request may hold. @throws payload_too_large */
export function checkCount(count: number, what: string, { instancesPerRequest: most }: Limits): void {
  if (count > most) {
    throw new SennError('payload_too_large', `body: ${count} ${what}; at most ${most} are taken in one request`, {
      count,
      most,
    });
  }
}
