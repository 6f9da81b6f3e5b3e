import { describe, expect, it } from 'vitest';
import { possibleArtefacts, staticFiles } from '../../../core/artefacts/index.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { configSchema } from '../../../training/config/config.ts';
import { describeKinds, kindsText } from '../../../training/kinds/describe.ts';
import { graphsOf, kinds } from '../../../training/kinds/index.ts';
import type { Kind } from '../../../training/kinds/kind.ts';
import { graphsInOrder } from '../../../training/run/graphs.ts';
import type { SharedConfig } from '../tiny.ts';

const run = {
  name: 'tiny',
  seed: 1,
  data: { name: 'mnist' },
  parameterizer: { kind: 'dense' },
  optimizer: { kind: 'adam', learningRate: 1e-3 },
  epochs: 1,
  batchSize: 2,
};

/** A row of the table as if the kind had been exported, with the static files that it makes. */
const shown = ({ graphs, statics, artefacts }: Kind) => {
  const ofTraining: readonly string[] = ['prototypes', 'lowPrototypes', 'contrasts', 'classPrototypes'];
  const names = staticFiles
    .map(([name]) => name)
    .filter((name) => ofTraining.includes(name) || artefacts.includes(name));
  expect(names.length > ofTraining.length).toBe(statics !== undefined);
  return possibleArtefacts({
    graphs: graphs as unknown as Manifest['graphs'],
    files: Object.fromEntries(names.map((name) => [name, { file: name, sha256: '' }])),
    familiarity: { shares: [0, 1], squared: [0, 1], relative: [0, 1] },
  });
};

describe.each(Object.entries<Kind>(kinds))('the kind %s', (name, kind) => {
  it('calls itself by its name in its configuration', () => {
    const described = describeKinds().find((each) => each.name === name);
    expect(described?.config).toMatchObject({ properties: { kind: { const: name } } });
  });

  it('declares what its graphs and files make possible', () => {
    expect([...kind.artefacts]).toEqual(shown(kind));
  });

  it('has graphs that can run one after the other, and give concepts and relevances', () => {
    const outputs = graphsInOrder(kind.graphs).flatMap(([, ports]) => ports.outputs);
    expect(outputs).toEqual(expect.arrayContaining(['concepts', 'relevances']));
  });

  it('reports accuracy and cross-entropy', () => {
    expect(kind.figures.slice(0, 2)).toEqual(['accuracy', 'classification']);
  });
});

describe('a configuration without a kind', () => {
  it.each([
    ['senn', { kind: 'identity' }],
    ['senn', { kind: 'convolutional', concepts: 2 }],
    ['disenn', { kind: 'vae', concepts: 2 }],
    ['disenn', { kind: 'convolutional-vae', concepts: 2 }],
  ])('is one of a %s by its conceptizer %j', (name, conceptizer) => {
    expect(configSchema.parse({ ...run, conceptizer }).kind).toBe(name);
  });

  it('a kind that does not have the conceptizer refuses it', () => {
    const other = { ...run, kind: 'senn', conceptizer: { kind: 'vae', concepts: 2 } };
    expect(configSchema.safeParse(other).success).toBe(false);
  });
});

describe('a new configuration of a SENN or a DiSENN', () => {
  const parsed = (change: object) =>
    configSchema.parse({ ...run, conceptizer: { kind: 'vae', concepts: 2 }, ...change }) as SharedConfig;
  const refusal = (change: object) =>
    configSchema.safeParse({ ...run, conceptizer: { kind: 'identity' }, ...change }).error?.issues[0]?.path.join('.');

  it('is closed: θ knows the input by the concepts, whose 0 means "as usual"', () => {
    const { parameterizer, conceptizer } = parsed({});
    expect(parameterizer.reads).toBe('concepts');
    expect(conceptizer).toMatchObject({ standardize: true });
    expect(parsed({ parameterizer: { kind: 'convolutional' } }).parameterizer.reads).toBe('reconstruction');
  });

  it('θ takes what its configuration says', () => {
    for (const reads of ['input', 'concepts', 'reconstruction'] as const) {
      const config = parsed({ parameterizer: { kind: 'dense', reads } });
      expect(graphsOf(config).parameterizer.inputs).toEqual([reads]);
    }
  });

  it('refuses what makes no sense together', () => {
    expect(refusal({})).toBeUndefined();
    const open = { parameterizer: { kind: 'dense', reads: 'input' } };
    expect(refusal({ ...open, robustness: { scale: 'relative' } })).toBe('robustness.scale');
    expect(refusal({ readBack: 0.1 })).toBe('readBack');
    expect(refusal({ reclassification: 0.1 })).toBe('readBack');
    expect(refusal({ conceptizer: { kind: 'ones' } })).toBe('parameterizer.reads');
    expect(refusal({ conceptizer: { kind: 'ones' }, ...open })).toBeUndefined();
    expect(refusal({ parameterizer: { kind: 'convolutional', reads: 'concepts' } })).toBe('parameterizer.reads');
  });
});

describe('senn kinds', () => {
  it('lists every kind, for programs and for readers', () => {
    const described = describeKinds();
    expect(described.map(({ name }) => name)).toEqual(['senn', 'disenn', 'prototype-dnn']);
    const text = kindsText(described);
    for (const { name, description } of described) expect(text).toContain(`${name}\n  ${description}`);
  });
});

it('graphs that wait for each other have no order', () => {
  const graphs = {
    conceptizer: { inputs: ['reconstruction'], outputs: ['concepts'] },
    parameterizer: { inputs: ['concepts'], outputs: ['relevances'] },
  } as const;
  expect(() => graphsInOrder(graphs)).toThrow('no graph makes what these take: conceptizer ← reconstruction');
});
