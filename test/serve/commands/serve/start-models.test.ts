import { describe, expect, it } from 'vitest';
import { inlineJobs } from '../../../../serve/commands/serve/start-models.ts';
import { FEW_JOBS } from '../../../../serve/inference/engine/placement.ts';

describe('inlineJobs', () => {
  it.each([
    [{ inline: true, processes: 1 }, 1, FEW_JOBS],
    [{ inline: true, processes: 2 }, 8, FEW_JOBS],
    [{ inline: true, processes: 8 }, 8, Number.POSITIVE_INFINITY],
    [{ inline: false, processes: 8 }, 8, 0],
  ])('of %j on %i cores is %d', (config, cores, jobs) => {
    expect(inlineJobs(config, cores)).toBe(jobs);
  });
});
