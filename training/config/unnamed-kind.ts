import type { z } from 'zod';
import { disennConceptizers } from '../kinds/disenn/config.ts';
import { sennConceptizers } from '../kinds/senn/config.ts';

/**
 * Configurations of before kinds had names: without `kind`, the conceptizer says whether one is a SENN or a DiSENN.
 * Files and run folders of that time are still read.
 */

type Unnamed = Readonly<Record<string, unknown>>;

const choices: readonly string[] = [...sennConceptizers, ...disennConceptizers];

/** The configuration with its kind, which goes first. Anything else, and what names its kind, is left as it is. */
export function withKind(value: unknown, ctx: z.core.$RefinementCtx): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || 'kind' in value) return value;
  const { conceptizer } = value as Unnamed;
  const given = conceptizer !== null && typeof conceptizer === 'object' ? (conceptizer as Unnamed)['kind'] : undefined;
  const known = typeof given === 'string' && choices.includes(given);
  if (conceptizer !== undefined && !known) {
    // The schema of one kind would list its own conceptizers only.
    ctx.issues.push({
      code: 'invalid_value',
      values: [...choices],
      input: given,
      path: ['conceptizer', 'kind'],
    });
    return value;
  }
  const variational = (disennConceptizers as readonly unknown[]).includes(given);
  return { kind: variational ? 'disenn' : 'senn', ...value };
}
