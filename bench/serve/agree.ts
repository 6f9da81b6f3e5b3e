import { pathOf } from './cells.ts';
import { firstDifference } from './compare.ts';

/**
 * Servers are only compared where they answer the same: their explanations are held against each other before the
 * clock runs.
 */

interface Answering {
  readonly name: string;
  readonly url: string;
}

async function predictionsOf({ name, url }: Answering, path: string, body: Buffer): Promise<unknown> {
  const headers = { 'Content-Type': 'image/png' };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: new Uint8Array(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${name}: ${path} answers ${response.status}: ${text.slice(0, 200)}`);
  return (JSON.parse(text) as { predictions: unknown }).predictions;
}

/** Asks both for the same explanations, whole. @throws where the second says anything else than the first */
export async function checkAgreement(ours: Answering, peer: Answering, bodies: readonly Buffer[]): Promise<void> {
  for (const path of [pathOf({ traversals: false }), pathOf({ traversals: true })]) {
    for (const [i, body] of bodies.entries()) {
      const [expected, actual] = await Promise.all([predictionsOf(ours, path, body), predictionsOf(peer, path, body)]);
      const difference = firstDifference(expected, actual, `${peer.name} ${path}, digit ${i}: predictions`);
      if (difference !== undefined) throw new Error(difference);
    }
  }
}
