import type { RandomStream } from '../../core/random.ts';
import type { CommonConfig } from '../config/common.ts';
import type { Task } from '../networks/networks.ts';
import { disenn } from './disenn/index.ts';
import type { Graphs, Kind } from './kind.ts';
import { prototypeDnn } from './prototype-dnn/index.ts';
import { senn } from './senn/index.ts';

/** Every kind of model by the name that a configuration gives as `kind`. A new kind is a folder and a row. */
export const kinds = { senn, disenn, 'prototype-dnn': prototypeDnn } as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
type ConfigOf<Name extends KindName> = ReturnType<(typeof kinds)[Name]['schema']['parse']>;
type NetworksOf<Name extends KindName> = ReturnType<(typeof kinds)[Name]['create']>;

/** The kind that a configuration, as its schema gives it, is one of. */
export function kindOf({ kind }: Pick<CommonConfig, 'kind'>): Kind {
  return kinds[kind as KindName];
}

/** The graphs of a configuration. */
export function graphsOf(config: CommonConfig): Graphs {
  const kind = kindOf(config);
  return kind.graphsOf?.(config) ?? kind.graphs;
}

/** The networks of a configuration, in their own units, seeded. @throws invalid_config where they do not fit the task */
export function createNetworks<Name extends KindName>(
  config: ConfigOf<Name> & { readonly kind: Name },
  task: Task,
  random: RandomStream,
): NetworksOf<Name> {
  return kindOf(config).create(config, task, random) as unknown as NetworksOf<Name>;
}

/** What a kind is called in a sentence; one that this version does not know, by its name. */
export function titleOf(name: string): string {
  return Object.hasOwn(kinds, name) ? kinds[name as KindName].title : `a model of kind "${name}"`;
}
