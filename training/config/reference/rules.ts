import { type Layerwise, tasks } from './keys.ts';

/** What the keys of a configuration must be to each other. */

export interface Problem {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** One problem where it is one. */
const unless = (holds: boolean, path: PropertyKey[], message: string): Problem[] => (holds ? [] : [{ path, message }]);

export interface Common {
  readonly num_concepts: number;
  readonly num_classes: number;
  readonly hidden_sizes: readonly number[];
  readonly concept_names?: readonly string[] | undefined;
  readonly accuracy_vs_lambda?: readonly (string | readonly string[])[] | undefined;
  readonly num_seeds: number;
}

export function conceptNames({ concept_names, num_concepts }: Common): Problem[] {
  const names = concept_names?.length ?? num_concepts;
  return unless(names === num_concepts, ['concept_names'], `must be ${num_concepts}, num_concepts, not ${names}`);
}

/** For each λ as many files as seeds; a file alone stands for one. */
export function experimentFiles({ accuracy_vs_lambda = [], num_seeds }: Common): Problem[] {
  return accuracy_vs_lambda.flatMap((files, i) => {
    const count = typeof files === 'string' ? 1 : files.length;
    const path = ['accuracy_vs_lambda', i];
    return unless(count === num_seeds, path, `must be as many files as num_seeds, ${num_seeds}, not ${count}`);
  });
}

/** The ends of `hidden_sizes` repeat the parameterizer's input and output. */
function hiddenEnds({ hidden_sizes, num_concepts: K, num_classes: C }: Common, width: number, what: string): Problem[] {
  const last = hidden_sizes.length - 1;
  const end = (i: number, expected: number, of: string) =>
    unless(hidden_sizes[i] === expected, ['hidden_sizes', i], `must be ${expected}, ${of}, not ${hidden_sizes[i]}`);
  return [...end(0, width, what), ...end(last, K * C, `${K} concepts × ${C} classes`)];
}

export function tableParameterizer(config: Common): Problem[] {
  return hiddenEnds(config, tasks.compas.features, 'the features of compas');
}

interface ImageParameterizer extends Common {
  readonly cl_sizes: readonly number[];
  readonly kernel_size: number;
}

/** Every convolution is valid, of stride 1, and halved by max pooling. */
export function imageParameterizer(config: ImageParameterizer): Problem[] {
  const { cl_sizes, kernel_size } = config;
  const { channels, size } = tasks.mnist;
  const side = cl_sizes.slice(1).reduce((before) => Math.floor((before - kernel_size + 1) / 2), size);
  const first = unless(
    cl_sizes[0] === channels,
    ['cl_sizes', 0],
    `must be ${channels}, the channels of the images, not ${cl_sizes[0]}`,
  );
  if (side < 1) {
    const message = `must leave a pixel of ${size} × ${size} after ${cl_sizes.length - 1} convolutions, not ${kernel_size}`;
    return [...first, { path: ['kernel_size'], message }];
  }
  const maps = cl_sizes.at(-1) ?? 0;
  return [...first, ...hiddenEnds(config, maps * side ** 2, `the ${maps} maps of ${side} × ${side} after cl_sizes`)];
}

interface Autoencoder {
  readonly encoder_channels: readonly number[];
  readonly kernel_size_conv: Layerwise;
  readonly stride_conv: Layerwise;
  readonly stride_pool: Layerwise;
  readonly decoder_channels: readonly number[];
  readonly kernel_size_upsample: Layerwise;
  readonly stride_upsample: Layerwise;
  readonly padding_upsample: Layerwise;
}

/** Lists by layer have an entry for every layer: one more than there are hidden channels. */
export function layerLists(config: Autoencoder): Problem[] {
  const { encoder_channels, decoder_channels } = config;
  const check = (hidden: readonly number[], keys: readonly (keyof Autoencoder)[]) =>
    keys.flatMap((key) => {
      const value = config[key];
      const layers = hidden.length + 1;
      const entries = typeof value === 'number' ? layers : value.length;
      return unless(entries === layers, [key], `must be one for each of ${layers} layers, not ${entries}`);
    });
  return [
    ...check(encoder_channels, ['kernel_size_conv', 'stride_conv', 'stride_pool']),
    ...check(decoder_channels, ['kernel_size_upsample', 'stride_upsample', 'padding_upsample']),
  ];
}

interface Variational {
  readonly pretrain_epochs: number;
  readonly pre_beta?: number | undefined;
}

export function pretraining({ pretrain_epochs, pre_beta }: Variational): Problem[] {
  const holds = pretrain_epochs === 0 || pre_beta !== undefined;
  return unless(holds, ['pre_beta'], `is missing; pretrain_epochs ${pretrain_epochs} needs it`);
}
