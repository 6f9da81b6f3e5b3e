import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../training/config/config.ts';
import { parseGrid, readable, variantsOf } from '../../../training/experiments/closed-vs-open/variants.ts';
import { experiments } from '../../../training/experiments/index.ts';
import { config, folder, sweep, useTable } from '../run/counts.ts';

useTable();

const images = configSchema.parse({
  kind: 'disenn',
  name: 'images',
  seed: 1,
  data: { name: 'mnist' },
  conceptizer: { kind: 'convolutional-vae', concepts: 4, convolutions: [{ filters: 3 }] },
  parameterizer: { kind: 'dense', hidden: [5], activation: 'softplus' },
  robustness: { weight: 0.1, scale: 'relative' },
  readBack: 0.5,
  optimizer: { kind: 'adam', learningRate: 1e-3 },
  epochs: 1,
  batchSize: 2,
});

describe('closed-vs-open', () => {
  it('holds every combination of the grid, and two controls, against each other', () => {
    const grid = parseGrid(['concepts=2,4', 'lambda=0,0.1', 'readBack=0.5', 'beta=1', 'conceptWeight=0.01']);
    const variants = variantsOf(readable(images, 'x'), grid, 'x');
    const configs = variants.map((variant) => readable(variant.config, 'x'));
    expect(variants).toHaveLength(2 * 2 * 2 + 2);
    expect(new Set(variants.map(({ setting }) => JSON.stringify(setting)))).toHaveProperty('size', 10);
    expect(configs.map(({ parameterizer }) => parameterizer.reads)).toEqual([
      ...new Array(4).fill('input'),
      ...new Array(4).fill('concepts'),
      'input',
      'input',
    ]);
    const [open, closed, ones, black] = [configs[0], configs[7], configs[8], configs[9]];
    // θ of the input sees with the layers that the concepts have; a norm that is relative to θ is of concepts alone
    expect(open?.parameterizer).toMatchObject({
      kind: 'convolutional',
      convolutions: [{ filters: 3 }],
      reads: 'input',
    });
    expect(open?.robustness).toMatchObject({ weight: 0, scale: 'absolute' });
    expect(closed?.conceptizer).toMatchObject({ concepts: 4 });
    expect(closed).toMatchObject({ parameterizer: { kind: 'dense' }, robustness: { weight: 0.1, scale: 'relative' } });
    expect(ones).toMatchObject({ kind: 'senn', conceptizer: { kind: 'ones', concepts: 4 }, readBack: 0 });
    expect(black).toMatchObject({ conceptizer: { kind: 'ones', concepts: 1 }, parameterizer: open?.parameterizer });
  });

  it.each([
    ['speed=1', 'must be NAME=VALUE,… with a name of reads, concepts'],
    ['beta', 'must be NAME=VALUE'],
    ['beta=a', 'must be numbers'],
  ])('refuses --vary %s', (text, message) => {
    expect(() => parseGrid([text])).toThrow(message);
    expect(() => parseGrid(['beta=1', 'beta=2'])).toThrow('names a dimension twice');
  });

  it('refuses what a configuration cannot be', () => {
    const grid = parseGrid(['concepts=0']);
    expect(() => variantsOf(readable(images, 'x'), grid, 'x')).toThrow('conceptizer.concepts');
    const { parameterizer: _, ...prototypes } = { ...images } as Record<string, unknown>;
    expect(() => readable(prototypes as typeof images, 'x')).toThrow('has no θ that reads the concepts');
  });

  it('trains them, and draws accuracy against what the audit found', async () => {
    const path = join(folder, 'open.json');
    await writeFile(path, JSON.stringify(config({ epochs: 1 })));
    const out = join(folder, 'closed-vs-open');
    const { files } = await experiments['closed-vs-open'].run({ ...sweep, configs: [path], out, vary: ['lambda=0.1'] });
    expect(files).toContain(join(out, 'figures/accuracy-vs-leak-permuted.svg'));
    const csv = await readFile(join(out, 'results.csv'), 'utf8');
    expect(csv.split('\n')[0]).toMatch(/^model,reads,lambda,seed,.*audit\.leak\.permuted/);
    expect(csv.split('\n').map((line) => line.split(',')[0])).toEqual([
      'model',
      'open: θ reads x',
      'closed: θ reads h',
      'black box',
      '',
    ]);
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain('--vary lambda=0.1');
  });
});
