import type { z } from 'zod';
import type { Dataset } from './dataset.ts';
import type { Places } from './files/places.ts';

/** A data set: what a configuration says of it, and how it is loaded. Its row in the table is its name. */
export interface DatasetDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly schema: Schema;
  /** @throws missing_data | invalid_config, and what the files themselves are wrong in */
  load(config: z.infer<Schema>, places: Places): Promise<Dataset>;
}

/** A definition whose loader takes what its own schema gives. */
export function defineDataset<Schema extends z.ZodObject>(
  schema: Schema,
  load: (config: z.infer<Schema>, places: Places) => Promise<Dataset>,
): DatasetDefinition<Schema> {
  return { schema, load };
}
