import { describe, expect, it } from 'vitest';
import { openTwin } from '../../../bench/phases/open.ts';
import { readConfig } from '../../../training/config/config-file.ts';
import { kindOf } from '../../../training/kinds/index.ts';

describe('the twin of a configuration whose step is the measure', () => {
  it('reads the input through layers like the conceptizer’s, and learns by the loss of the papers alone', async () => {
    const config = await readConfig('configs/mnist-disenn.json');
    const twin = openTwin(config) as typeof config & { conceptizer: { convolutions: unknown }; parameterizer: unknown };
    expect(twin.parameterizer).toMatchObject({
      kind: 'convolutional',
      reads: 'input',
      convolutions: twin.conceptizer.convolutions,
      hidden: [256],
      activation: 'softplus',
    });
    const phases = kindOf(twin).phases(twin);
    expect(phases).toHaveLength(1);
    expect(Object.keys(phases[0]?.weightsAt(1000) ?? {})).toEqual([
      'classification',
      'robustness',
      'reconstruction',
      'kl',
    ]);
  });

  it('keeps the layers of a θ on tables', async () => {
    expect(openTwin(await readConfig('configs/compas-senn.json'))).toMatchObject({
      parameterizer: { kind: 'dense', reads: 'input' },
    });
  });
});
