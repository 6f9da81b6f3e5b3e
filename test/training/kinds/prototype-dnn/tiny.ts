import type { z } from 'zod';
import { randomStream } from '../../../../core/random.ts';
import { configSchema } from '../../../../training/config/config.ts';
import type { PrototypeDnnConfig, prototypeDnnSchema } from '../../../../training/kinds/prototype-dnn/config.ts';
import { createPrototypeNetworks, type PrototypeNetworks } from '../../../../training/kinds/prototype-dnn/networks.ts';
import { CLASSES, SIZE } from '../../tiny.ts';

/** A PrototypeDNN small enough for finite differences: 8 × 8 images, a code of 8, m = 4 prototypes, C = 3 classes. */
export function tinyPrototypeConfig(change: Partial<z.input<typeof prototypeDnnSchema>> = {}): PrototypeDnnConfig {
  return configSchema.parse({
    name: 'tiny-prototypes',
    kind: 'prototype-dnn',
    seed: 7,
    data: { name: 'mnist' },
    channels: [4, 2],
    prototypes: 4,
    optimizer: { kind: 'adam', learningRate: 0.01 },
    epochs: 2,
    batchSize: 4,
    ...change,
  }) as PrototypeDnnConfig;
}

export function tinyPrototypeNetworks(config: PrototypeDnnConfig = tinyPrototypeConfig()): PrototypeNetworks {
  const input = { kind: 'image', channels: 1, height: SIZE, width: SIZE } as const;
  return createPrototypeNetworks(config, { input, classes: CLASSES }, randomStream(config.seed));
}
