import { type RandomStream, randomStream } from '../../core/random.ts';
import type { Config } from '../config/config.ts';
import { subsetOf } from '../datasets/dataset.ts';
import { type Dataset, validationCount } from '../datasets/index.ts';
import { graphsOf, kindOf } from '../kinds/index.ts';
import type { Feed } from '../loop/batches.ts';
import { inContractUnits } from '../networks/contract-units.ts';
import { FeatureScaling } from '../networks/feature-scaling.ts';
import { conceptCount, type NamedNetworks } from '../networks/networks.ts';
import { conceptNames } from './concepts.ts';

/** A run before its first step. */

/** Rows to learn from and rows held out, drawn by the seed. */
function holdOut(
  count: number,
  validation: number,
  random: RandomStream,
): { readonly rows: Int32Array; readonly heldOut: Int32Array } {
  const held = validationCount(validation, count);
  const order = random.permutation(count);
  return { rows: order.subarray(held).toSorted(), heldOut: order.subarray(0, held).toSorted() };
}

/** The networks and their data, ready to train. */
export interface Workspace {
  readonly dataset: Dataset;
  /** In the networks' own units: what trains. */
  readonly networks: NamedNetworks;
  /** The same weights in the contract's units: what is written. */
  readonly contract: NamedNetworks;
  readonly train: Feed;
  readonly heldOut: Feed | undefined;
  readonly test: Feed;
  /** `[K]` */
  readonly conceptNames: readonly string[];
  readonly random: RandomStream;
}

/** Everything that a configuration and its data determine before the first step. @throws missing_data | invalid_config */
export function prepare(config: Config, dataset: Dataset): Workspace {
  const kind = kindOf(config);
  const random = randomStream(config.seed);
  const classes = dataset.classes.length;
  const { rows, heldOut } = holdOut(dataset.train.labels.length, config.data.validation, random);
  const scaling = kind.scaling(config, dataset);
  const task = { input: dataset.input, classes, scaling };
  const networks = kind.create(config, task, random);
  const layer = scaling && new FeatureScaling({ name: 'scaling', direction: 'scale', features: scaling });
  const feed = (split: Dataset['train']): Feed => ({ split, classes, scaling: layer });
  return {
    dataset,
    networks,
    contract: inContractUnits(networks, graphsOf(config), task),
    train: feed(heldOut.length === 0 ? dataset.train : subsetOf(dataset.train, rows)),
    heldOut: heldOut.length === 0 ? undefined : feed(subsetOf(dataset.train, heldOut)),
    test: feed(dataset.test),
    conceptNames: conceptNames(config, dataset.input, conceptCount(networks)),
    random,
  };
}
