import type { RunRecord } from '../../../training/run/record.ts';
import { concept } from '../figures/model.ts';

/** The record of a run that never was, with names that would be markup if they were let. */
export const record: RunRecord = {
  name: 'tiny-disenn',
  version: '1',
  kind: 'disenn',
  input: { kind: 'image', channels: 1, height: 4, width: 4 },
  classes: ['<b>&', 'a|b', '*c*'],
  concepts: [concept('ears'), concept('tail')],
  training: {
    config: { seed: 7, data: { name: 'mnist', validation: 0 }, conceptizer: { filters: [16, 32], beta: 2 } },
    data: { name: 'mnist:train', count: 60_000, sha256: 'ab'.repeat(32) },
    seed: 7,
    backend: 'wasm',
    versions: { '@tensorflow/tfjs': '4.22.0' },
  },
  metrics: { testAccuracy: 0.98925, testCrossEntropy: 0.0352536, testKl: 12.8294 },
};
