import { describe, expect, it } from 'vitest';
import { featuresToTensor } from '../../web-client/features.ts';

const table = {
  kind: 'tabular' as const,
  features: [
    { name: 'age', range: [0, 99] as [number, number] },
    { name: 'priors', range: [0, 38] as [number, number] },
  ],
};

describe('featuresToTensor', () => {
  it('takes features by name, in the order of the manifest, outside their range too', () => {
    expect(featuresToTensor({ priors: 3, age: 120 }, table)).toEqual({ shape: [1, 2], data: Float32Array.of(120, 3) });
  });

  it('refuses a missing and an unknown one', () => {
    expect(() => featuresToTensor({ age: 1, prior: 2 }, table)).toThrow(
      expect.objectContaining({
        code: 'invalid_features',
        message: 'featuresToTensor: missing priors; unknown prior (did you mean priors?); the model takes age, priors',
      }),
    );
  });

  it('refuses a model of images', () => {
    expect(() => featuresToTensor({}, { kind: 'image', channels: 1, height: 2, width: 2 })).toThrow(
      expect.objectContaining({ code: 'unsupported_input' }),
    );
  });
});
