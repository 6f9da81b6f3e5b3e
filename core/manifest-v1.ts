/**
 * Manifests of schema version 1, as versions before 0.2 wrote them: three graphs with fixed ports, prototypes under a key
 * of their own. They are brought to version 2 before they are checked, so that everything else knows one form.
 */

const PORTS = {
  conceptizer: { inputs: ['input'], outputs: ['concepts'] },
  parameterizer: { inputs: ['input'], outputs: ['relevances'] },
  decoder: { inputs: ['concepts'], outputs: ['reconstruction'] },
} as const;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same manifest in version 2; what is no manifest of version 1 passes as it is, for the schema to judge. */
export function upgradeManifest(value: unknown): unknown {
  if (!isObject(value) || value['schemaVersion'] !== 1) return value;
  const { prototypes, graphs, ...rest } = value;
  const withPorts = (entries: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => {
        const ports = Object.hasOwn(PORTS, name) ? PORTS[name as keyof typeof PORTS] : undefined;
        return [name, isObject(entry) && ports !== undefined ? { ...entry, ...ports } : entry];
      }),
    );
  return {
    ...rest,
    schemaVersion: 2,
    graphs: isObject(graphs) ? withPorts(graphs) : graphs,
    parameterizer: { reads: 'input' },
    artefacts: [
      'concepts',
      'relevances',
      'contributions',
      'traversals',
      ...(prototypes === undefined ? [] : ['prototypes']),
    ],
    files: prototypes === undefined ? {} : { prototypes },
  };
}
