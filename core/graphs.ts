/**
 * Graphs as named ports: which graphs give the tensors that are wanted from those that are there. Nobody calls a graph by
 * its place in a pipeline: a model is asked for tensors, and the fewest graphs that give them run.
 */

/** Every tensor of the model contract; the shapes are in core/manifest.ts. */
export const tensorNames = [
  'input',
  'concepts',
  'log_variance',
  'maps',
  'boxes',
  'style',
  'relevances',
  'reconstruction',
  'logits',
  'probabilities',
  'class_weights',
  'gradient',
] as const;
export type TensorName = (typeof tensorNames)[number];

/** A graph by the names of its tensors: it gives `outputs` from `inputs`. */
export interface Ports {
  readonly inputs: readonly TensorName[];
  readonly outputs: readonly TensorName[];
}

/** One graph of a plan, and which of its outputs are used. */
export interface Run<Name extends string> {
  readonly graph: Name;
  readonly outputs: readonly TensorName[];
}

/** Stages that run one after the other; the graphs of one stage need nothing of each other. */
export type Plan<Name extends string> = readonly (readonly Run<Name>[])[];

/** The stages in which the graphs of `names` can run, each as early as it can; `undefined` where one never can. */
function stagesOf<Name extends string>(
  graphs: Readonly<Record<Name, Ports>>,
  names: readonly Name[],
  given: readonly TensorName[],
): Name[][] | undefined {
  const known = new Set<TensorName>(given);
  const stages: Name[][] = [];
  let waiting = [...names];
  while (waiting.length > 0) {
    const ready = waiting.filter((name) => graphs[name].inputs.every((input) => known.has(input)));
    if (ready.length === 0) return undefined;
    for (const name of ready) for (const output of graphs[name].outputs) known.add(output);
    stages.push(ready);
    waiting = waiting.filter((name) => !ready.includes(name));
  }
  return stages;
}

/** Every subset of a list: the smallest first, in the order of the list among equals. */
function subsetsOf<T>(list: readonly T[]): T[][] {
  const subsets: T[][] = [[]];
  for (const item of list) subsets.push(...subsets.map((set) => [...set, item]));
  return subsets.sort((a, b) => a.length - b.length);
}

/**
 * The fewest graphs that give `wanted` from `given`; of as many, those with the fewest outputs, then those listed first.
 * A model has a handful of graphs, so every combination is looked at.
 * @returns `undefined` where no combination gives them
 */
export function planOf<Name extends string>(
  graphs: Readonly<Partial<Record<Name, Ports>>>,
  given: readonly TensorName[],
  wanted: readonly TensorName[],
): Plan<Name> | undefined {
  const ports = graphs as Readonly<Record<Name, Ports>>;
  const missing = wanted.filter((name) => !given.includes(name));
  const outputsOf = (names: readonly Name[]): TensorName[] => names.flatMap((name) => ports[name].outputs);
  const candidates = subsetsOf(Object.keys(graphs) as Name[])
    .filter((names) => {
      const outputs = outputsOf(names);
      return missing.every((name) => outputs.includes(name));
    })
    .map((names) => ({ names, stages: stagesOf(ports, names, given) }))
    .filter(({ stages }) => stages !== undefined);
  const fewest = candidates[0]?.names.length;
  const best = candidates
    .filter(({ names }) => names.length === fewest)
    .sort((a, b) => outputsOf(a.names).length - outputsOf(b.names).length)[0];
  if (best?.stages === undefined) return undefined;
  return best.stages.map((stage, s) => {
    const later = (best.stages ?? []).slice(s + 1).flat();
    const used = new Set([...missing, ...later.flatMap((name) => ports[name].inputs)]);
    return stage.map((graph) => ({ graph, outputs: ports[graph].outputs.filter((output) => used.has(output)) }));
  });
}
