import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EpochSummary, Progress } from '../../../training/loop/progress.ts';
import type { TrainingState } from '../../../training/loop/state.ts';
import { checkpointDocuments, networkFiles, readCheckpoint, writeRunFolder } from '../../../training/run/checkpoint.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { tinyConfig, tinyNetworks } from '../tiny.ts';
import { split, trainTiny, weightsOf } from './train-tiny.ts';

describe.each(availableBackends)('a run that was broken off, on %s', (backend) => {
  const origin = { backend, data: 'old' };
  beforeAll(() => useBackend(backend));

  it.each([
    ['before the first step', 0, 0.01],
    ['in the middle of an epoch', 11, 0.01],
    ['at the end of an epoch', 7, 0.01],
    ['after its last, smaller batch, without a robustness loss', 14, 0],
  ])('a run broken off %s and resumed gives the numbers of one that was not', async (_, lastStep, weight) => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-resume-')), 'run');
    const config = tinyConfig({ estimator: 'probe', weight, epochs: 3 });
    const feeds = split();
    const wholeEpochs: EpochSummary[] = [];
    const whole = await trainTiny(config, { ...feeds, onEpoch: (summary) => wholeEpochs.push(summary) });

    const controller = new AbortController();
    if (lastStep === 0) controller.abort();
    const networks = tinyNetworks(config);
    const epochs: EpochSummary[] = [];
    const broken = trainTiny(
      config,
      {
        ...feeds,
        signal: controller.signal,
        onProgress: ({ step }) => step === lastStep && controller.abort(),
        onEpoch: (summary) => epochs.push(summary),
        onCheckpoint: async (state) =>
          writeRunFolder(folder, config, await networkFiles(networks), {
            'metrics.csv': '',
            ...checkpointDocuments(origin, { state, epochs }),
          }),
      },
      networks,
    );
    await expect(broken).rejects.toMatchObject({ code: 'interrupted', details: { step: lastStep, steps: 21 } });

    const fresh = tinyNetworks({ ...config, seed: 99 });
    const { state, epochs: earlier } = await readCheckpoint(folder, config, origin, fresh);
    expect(state.step).toBe(lastStep);
    const later: EpochSummary[] = [];
    const onEpoch = (summary: EpochSummary) => later.push(summary);
    const resumed = await trainTiny(config, { ...feeds, resumeFrom: state, onEpoch }, fresh);
    expect([...earlier, ...later]).toEqual(wholeEpochs);
    const termsOf = (progress: Progress[]) => progress.map(({ step, terms }) => ({ step, terms }));
    expect(termsOf(resumed.progress)).toEqual(termsOf(whole.progress).slice(lastStep));
    expect(weightsOf(fresh)).toEqual(weightsOf(whole.networks));
    await rm(join(folder, '..'), { recursive: true });
  });

  it('pretraining leaves the parameterizer alone, has its own terms, and resumes across its end', async () => {
    const config = tinyConfig({ pretraining: { epochs: 1, beta: 0.5 }, epochs: 1 });
    const networks = tinyNetworks(config);
    const before = weightsOf({ ...networks, conceptizer: networks.parameterizer, decoder: networks.parameterizer });
    let afterPretraining: number[][] = [];
    const states: TrainingState[] = [];
    const epochs: EpochSummary[] = [];
    const saved: Awaited<ReturnType<typeof networkFiles>>[] = [];
    await trainTiny(
      config,
      {
        onEpoch: (summary) => epochs.push(summary),
        onCheckpoint: async (state) => {
          states.push(state);
          saved.push(await networkFiles(networks));
          if (states.length === 1) {
            afterPretraining = weightsOf({
              ...networks,
              conceptizer: networks.parameterizer,
              decoder: networks.parameterizer,
            });
          }
        },
      },
      networks,
    );
    expect(afterPretraining).toEqual(before);
    expect(epochs.map(({ terms }) => Object.keys(terms))).toEqual([
      ['loss', 'reconstruction', 'kl'],
      ['loss', 'classification', 'robustness', 'reconstruction', 'kl'],
    ]);
    const [first] = epochs;
    expectClose(first?.terms.loss as number, (first?.terms['reconstruction'] ?? 0) + 0.5 * (first?.terms['kl'] ?? 0), {
      relative: 1e-4,
    });

    const folder = join(await mkdtemp(join(tmpdir(), 'senn-phase-')), 'run');
    const documents = checkpointDocuments(origin, { state: states[0] as TrainingState, epochs: [] });
    await writeRunFolder(folder, config, saved[0] ?? {}, { 'metrics.csv': '', ...documents });
    const fresh = tinyNetworks({ ...config, seed: 99 });
    const { state } = await readCheckpoint(folder, config, origin, fresh);
    await trainTiny(config, { resumeFrom: state }, fresh);
    expect(weightsOf(fresh)).toEqual(weightsOf(networks));
    await rm(join(folder, '..'), { recursive: true });
  });

  it('resumes only what was broken off, with its configuration and data, on its backend', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-resume-')), 'run');
    const config = tinyConfig({ epochs: 1 });
    const networks = tinyNetworks(config);
    await expect(readCheckpoint(folder, config, origin, networks)).rejects.toThrow('only a run that was broken off');
    await trainTiny(
      config,
      {
        onCheckpoint: async (state) =>
          writeRunFolder(folder, config, await networkFiles(networks), {
            'metrics.csv': '',
            ...checkpointDocuments(origin, { state, epochs: [] }),
          }),
      },
      networks,
    );
    await expect(readCheckpoint(folder, { ...config, seed: 8 }, origin, networks)).rejects.toThrow(
      'another configuration',
    );
    await expect(readCheckpoint(folder, config, { ...origin, backend: 'abacus' }, networks)).rejects.toThrow(
      `was trained on ${backend}`,
    );
    await expect(readCheckpoint(folder, config, { ...origin, data: 'new' }, networks)).rejects.toThrow(
      'was trained on data of sha256 old; they have changed since, to new',
    );
    await rm(join(folder, '..'), { recursive: true });
  });
});
