import { z } from 'zod';
import { kinds } from '../kinds/index.ts';
import { withKind } from './unnamed-kind.ts';

/** The configuration of a training run, of any kind of model: strict, with every default written out. */

const [first, ...others] = Object.values(kinds).map(({ schema }) => schema);

type Kinds = typeof kinds;
type KindSchema = Kinds[keyof Kinds]['schema'];

/** A configuration as its schema gives it. `config.kind` tells whose it is. */
export type Config = z.infer<KindSchema>;

const anyKind = z.discriminatedUnion('kind', [first as KindSchema, ...(others as KindSchema[])]);

export const configSchema = z.preprocess(withKind, anyKind);

/** Both as `configSchema` gives them, so with their keys in the same order. */
export const sameConfig = (a: Config, b: Config): boolean => JSON.stringify(a) === JSON.stringify(b);
