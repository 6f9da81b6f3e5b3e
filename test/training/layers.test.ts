import { beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../training/config.ts';
import { createNetworks } from '../../training/networks/index.ts';
import { randomStream } from '../../training/random.ts';
import { useBackend } from './backends.ts';
import { SIZE } from './tiny.ts';

beforeAll(() => useBackend('wasm'));

type Part = Readonly<Record<string, unknown>>;

function networksOf(conceptizer: Part, parameterizer: Part) {
  const config = configSchema.parse({
    name: 'layers',
    seed: 1,
    data: { name: 'mnist' },
    conceptizer: { kind: 'convolutional', concepts: 2, ...conceptizer },
    parameterizer,
    optimizer: { kind: 'adam', learningRate: 1 },
    epochs: 1,
    batchSize: 1,
  });
  const input = { kind: 'image', channels: 1, height: SIZE, width: SIZE } as const;
  return createNetworks(config, { input, classes: 2 }, randomStream(1));
}

const convolutional = (layer: Part): Part => ({ kind: 'convolutional', convolutions: [{ filters: 3, ...layer }] });

describe('layers that leave nothing of an image are refused by their name', () => {
  it.each([
    ['parameterizer_conv1', {}, convolutional({ kernel: SIZE + 1, padding: 'valid' })],
    ['parameterizer_conv1_pool', {}, convolutional({ stride: 1, pool: SIZE + 1 })],
    ['encoder_conv1', { convolutions: [{ filters: 3, kernel: SIZE + 1, padding: 'valid' }] }, { kind: 'dense' }],
    ['decoder_conv1_crop', { decoder: { hidden: [], image: { crop: SIZE } } }, { kind: 'dense' }],
  ])('%s', (name, conceptizer, parameterizer) => {
    expect(() => networksOf(conceptizer, parameterizer)).toThrow(new RegExp(`^${name}: leaves nothing of \\d+ × \\d+`));
  });

  it('a kernel as large as the image leaves one pixel', () => {
    const { parameterizer } = networksOf({}, convolutional({ kernel: SIZE, padding: 'valid' }));
    expect(parameterizer.getLayer('parameterizer_conv1').outputShape).toEqual([null, 1, 1, 3]);
  });
});
