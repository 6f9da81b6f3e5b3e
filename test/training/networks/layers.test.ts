import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { configSchema } from '../../../training/config/config.ts';
import { createNetworks } from '../../../training/kinds/index.ts';
import type { SennConfig } from '../../../training/kinds/senn/config.ts';
import { useBackend } from '../backends/installed.ts';
import { SIZE } from '../tiny.ts';

beforeAll(() => useBackend('wasm'));

type Part = Readonly<Record<string, unknown>>;

function networksOf(conceptizer: Part, parameterizer: Part, initializer = 'he') {
  const config = configSchema.parse({
    name: 'layers',
    seed: 1,
    data: { name: 'mnist' },
    conceptizer: { kind: 'convolutional', concepts: 2, ...conceptizer },
    parameterizer,
    initializer,
    optimizer: { kind: 'adam', learningRate: 1 },
    epochs: 1,
    batchSize: 1,
  }) as SennConfig;
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

type Kernel = ReturnType<ReturnType<typeof networksOf>['conceptizer']['getWeights']>[number];

describe('initial weights', () => {
  const kernels = (initializer: string) => {
    const stack = { kind: 'convolutional', convolutions: [{ filters: 40 }, { filters: 40 }], hidden: [50] };
    const { conceptizer, parameterizer } = networksOf({ convolutions: [{ filters: 40 }] }, stack, initializer);
    return [conceptizer, parameterizer].flatMap(({ layers }) =>
      layers.flatMap(({ weights }) => weights.map((weight) => weight.read()).filter(({ rank }) => rank > 1)),
    );
  };
  const fanIn = ({ shape }: { readonly shape: number[] }) => shape.slice(0, -1).reduce((a, b) => a * b);

  it('of PyTorch fill ±1/√fan_in evenly', () => {
    for (const kernel of kernels('pytorch').filter(({ size }) => size > 300)) {
      const scaled = kernel.dataSync<'float32'>().map((value) => value * Math.sqrt(fanIn(kernel)));
      expect(Math.max(...scaled)).toBeLessThanOrEqual(1 + 1e-6);
      expect(Math.max(...scaled)).toBeGreaterThan(0.97);
      expect(Math.min(...scaled)).toBeLessThan(-0.97);
      expect(scaled.reduce((sum, value) => sum + value ** 2, 0) / scaled.length).toBeCloseTo(1 / 3, 1);
    }
  });

  it('of PyTorch for a linear map of each channel know that it sees one channel', () => {
    const head = { convolutions: [{ filters: 2 }], head: 'channel' };
    const { conceptizer } = networksOf(head, { kind: 'dense' }, 'pytorch');
    const [kernel] = conceptizer.getLayer('concepts_channel').getWeights() as [Kernel];
    const bound = 1 / Math.sqrt(kernel.shape.slice(0, 2).reduce((a, b) => a * b));
    const most = Math.max(...kernel.dataSync<'float32'>().map(Math.abs));
    expect(most).toBeLessThanOrEqual(bound + 1e-6);
    expect(most).toBeGreaterThan(0.75 * bound);
  });

  it('of He keep the variance: 2/fan_in before a relu', () => {
    const [first] = kernels('he') as [ReturnType<typeof kernels>[number]];
    const values = first.dataSync<'float32'>();
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect((variance * fanIn(first)) / 2).toBeGreaterThan(0.75);
    expect((variance * fanIn(first)) / 2).toBeLessThan(1.25);
  });
});
