import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../core/manifest.ts';
import type { BatchInput } from '../../../../serve/inference/batch-input.ts';
import type { Ask } from '../../../../serve/inference/engine/messages.ts';
import { createPlacement } from '../../../../serve/inference/engine/placement.ts';
import type { ServedModel } from '../../../../serve/inference/served-model.ts';

/** Where jobs run and what they weigh, by what they ask for; no model runs here. */

const artefacts = ['contributions', 'traversals'];
const manifest = { concepts: Array(8).fill({}), classes: Array(10).fill('c'), artefacts } as unknown as Manifest;
const modelOf = (inlineMilliseconds: number) => ({
  id: 'm',
  model: { files: new Map(), providers: [] },
  served: { manifest } as ServedModel,
  inlineMilliseconds,
});

const inputOf = (count: number): BatchInput => ({
  kind: 'tensor',
  tensor: { shape: [count, 4], data: new Float32Array(4 * count) },
});
const answer = (count: number, explain: ('traversals' | 'concepts')[] = [], steps = 4): Ask => ({
  kind: 'answer',
  input: inputOf(count),
  options: { explain, steps, sheet: false },
});

const attributing = { attributions: [], seed: 0, timeMs: 1, most: 1, gone: new Int32Array(1) };

const placeOf = createPlacement({
  onThreads: 'threads',
  onEventLoop: 'loop',
  onExplainers: 'explainers',
  inlineJobs: 8,
  maxSize: 32,
});

describe('the placement of jobs', () => {
  it.each<[string, Ask, number, number, string]>([
    ['a light one, while few are in work', answer(1), 0.1, 7, 'loop'],
    ['a light one, when many are', answer(1), 0.1, 8, 'threads'],
    ['many inputs that take more than a millisecond together', answer(11), 0.1, 0, 'threads'],
    ['a model that is not open on the event loop', answer(1), Number.POSITIVE_INFINITY, 0, 'threads'],
    ['traversals', answer(1, ['traversals']), 0.1, 0, 'threads'],
    ['a figure', { kind: 'figure', input: inputOf(1), options: { steps: 2 } } as Ask, 0.1, 0, 'threads'],
    ['attributions', { kind: 'attributions', input: inputOf(1), attributing } as Ask, 0.1, 0, 'explainers'],
    ['tensors', { kind: 'tensors', input: inputOf(2), names: ['logits'] }, 0.1, 0, 'loop'],
  ])('%s', (_, ask, milliseconds, inWork, lane) => {
    expect(placeOf(modelOf(milliseconds), ask, inWork).lane).toBe(lane);
  });

  it('weighs a job by its inputs, and by the images that it has decoded: eight of them count as an input', () => {
    expect(placeOf(modelOf(0.1), answer(3, ['concepts']), 8).weight).toBe(3);
    expect(placeOf(modelOf(0.1), answer(3, ['traversals'], 4), 0).weight).toBe(3 + (3 * 8 * 4) / 8);
  });

  it('fills a batch on the event loop with four milliseconds, whatever the number of its inputs', () => {
    expect(placeOf(modelOf(1), answer(1), 0).weight).toBe(32 / 4);
    expect(placeOf(modelOf(0.01), answer(1), 0).weight).toBe(1);
  });
});
