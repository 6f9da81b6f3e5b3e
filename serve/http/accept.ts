import type { IncomingMessage } from 'node:http';
import accepts from 'accepts';
import { SennError } from '../../core/errors.ts';

/** Which form of an answer a request prefers. */

/** Characters of `Accept` that are looked at: browsers send some two hundred, and thousands of types take long to weigh. */
const MOST = 2048;

/**
 * The one of the offered media types that the header `Accept` prefers; the first where it has no preference.
 * @throws not_acceptable
 */
export function preferred<Type extends string>(accept: string, offered: readonly Type[]): Type {
  const request = { headers: { accept } } as IncomingMessage;
  const chosen = accept.length > MOST ? false : accepts(request).type([...offered]);
  if (chosen !== false) return chosen as Type;
  const sent = accept.slice(0, 100);
  throw new SennError('not_acceptable', `Accept "${sent}": the answer is given as ${offered.join(', ')}`, {
    accept: sent,
    offered,
  });
}
