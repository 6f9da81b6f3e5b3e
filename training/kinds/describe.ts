import { z } from 'zod';
import { type KindName, kinds } from './index.ts';
import type { Kind } from './kind.ts';

/** What `senn kinds` tells of a kind: what it is, what goes in and out of it, and how it is configured. */
export interface KindDescription {
  readonly name: KindName;
  readonly description: string;
  readonly graphs: Kind['graphs'];
  readonly artefacts: Kind['artefacts'];
  /** Terms of the loss that a run may report. */
  readonly terms: readonly string[];
  /** JSON schema of a configuration file. */
  readonly config: object;
}

/** Every kind, in the order of the table. */
export function describeKinds(): KindDescription[] {
  return Object.entries<Kind>(kinds).map(([name, { description, graphs, artefacts, terms, schema }]) => ({
    name: name as KindName,
    description,
    graphs,
    artefacts,
    terms,
    config: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  }));
}

/** The same for a reader: a paragraph a kind. */
export function kindsText(descriptions: readonly KindDescription[]): string {
  const paragraph = ({ name, description, graphs, artefacts, config }: KindDescription): string => {
    const { properties = {}, required = [] } = config as { properties?: object; required?: string[] };
    const keys = Object.keys(properties).map((key) => (required.includes(key) ? `${key}*` : key));
    const ports = Object.entries(graphs).map(
      ([graph, { inputs, outputs }]) => `${graph} ${inputs.join(', ')} → ${outputs.join(', ')}`,
    );
    return [
      name,
      `  ${description}`,
      `  graphs    ${ports.join('; ')}`,
      `  shows     ${artefacts.join(', ')}`,
      `  config    ${keys.join(', ')}`,
    ].join('\n');
  };
  return `${descriptions.map(paragraph).join('\n\n')}\n\n* must be given; --json has the whole schema\n`;
}
