import { describe, expect, it } from 'vitest';
import { chooseMetrics, metricChoices, parseMetricList } from '../../../core/metrics/choose.ts';
import { type Need, needDescriptions } from '../../../core/metrics/evidence/evidence.ts';
import { needsMet } from '../../../core/metrics/gather.ts';
import { metricNames, metrics } from '../../../core/metrics/index.ts';
import { score } from '../../../core/metrics/score.ts';
import { randomStream } from '../../../core/random.ts';
import { tensor } from '../../../core/tensor.ts';

const everything = new Set(Object.keys(needDescriptions) as Need[]);
const unlabelled = new Set<Need>(['explanations', 'predictions', 'predictor', 'moves', 'ball', 'removals']);

describe('a list of metrics', () => {
  it('may name metrics and sets of them, in any order and again', () => {
    expect(parseMetricList('mig, paper,mig')).toEqual(['mig', 'paper']);
    for (const choice of metricChoices) expect(parseMetricList(choice)).toEqual([choice]);
  });

  it.each([
    ['leak.premuted', 'did you mean "leak.permuted"?'],
    ['quality', 'unknown metric "quality"; choose audit, paper, all, accuracy, leak'],
    ['', '"" names no metric; choose audit'],
    ['mig,', '"mig," names no metric; choose audit'],
  ])('refuses %j', (text, message) => {
    expect(() => parseMetricList(text)).toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(message) }),
    );
  });
});

describe('the metrics of a choice', () => {
  it('are those named, each once, in the order of the choice', () => {
    expect(chooseMetrics(['mig', 'paper', 'stability'], everything, 'set')).toEqual([
      'mig',
      'faithfulness',
      'stability',
    ]);
  });

  it('are for `paper` what the paper measures, for `audit` what tells whether concepts decide', () => {
    expect(chooseMetrics(['paper'], everything, 'set')).toEqual(['faithfulness', 'stability']);
    expect(chooseMetrics(['audit'], everything, 'set')).toContain('leak.permuted');
  });

  it('are for `all` those whose needs are met and that do not search, and no others', () => {
    const searching = ['lipschitz.ascent', 'attack.explanation', 'attack.class'] as const;
    expect(chooseMetrics(['all'], everything, 'set')).toEqual(
      metricNames.filter((name) => !(searching as readonly string[]).includes(name)),
    );
    expect(chooseMetrics(searching, everything, 'set')).toEqual(searching);
    const names = chooseMetrics(['all'], unlabelled, 'set');
    expect(names).toEqual(
      metricNames.filter(
        (name) => !metrics[name].searches && metrics[name].needs.every((need) => unlabelled.has(need)),
      ),
    );
    expect(names).not.toContain('leak.permuted');
  });

  it('are for a set all of it, whatever is missing: what has no value is said to have none', async () => {
    const audit = chooseMetrics(['audit'], unlabelled, 'photos');
    expect(audit).toEqual(chooseMetrics(['audit'], everything, 'set'));
    const scores = await score(['leak.permuted', 'mig'], {}, { randomOf: () => randomStream(0) });
    expect(scores['leak.permuted']).toEqual({ value: null, reason: expect.stringContaining('it needs concepts and') });
    expect(scores.mig).toEqual({
      value: null,
      reason: 'it needs generative factors that vary over the inputs, which the set does not tell',
    });
  });

  it.each([
    ['leak.permuted', 'metric leak.permuted needs the true classes of the inputs; photos does not give them'],
    ['completeness', 'metric completeness needs the true classes of the inputs; photos does not give them'],
    ['mig', 'metric mig needs generative factors that vary over the inputs; photos does not give them'],
  ] as const)('refuse %s where its needs are not met', (choice, message) => {
    expect(() => chooseMetrics(['all', choice], unlabelled, 'photos')).toThrow(
      expect.objectContaining({ code: 'invalid_config', message }),
    );
  });
});

describe('the needs that a set meets', () => {
  const set = { name: 'set', input: tensor(new Float32Array(2), [2, 1]) };
  const factorsOf = (...values: number[]) => ({
    names: ['x', 'y'],
    kinds: ['ordinal', 'ordinal'] as const,
    sizes: [2, 3],
    values: Int32Array.from(values),
  });

  it('are the explanations and the model, and what the set tells', () => {
    expect(needsMet(set)).toEqual(unlabelled);
    expect(needsMet({ ...set, labels: Int32Array.of(0, 1) })).toEqual(new Set([...unlabelled, 'labels']));
    const training = async () => ({ input: set.input, labels: Int32Array.of(0, 1) });
    expect(needsMet({ ...set, training })).toEqual(new Set([...unlabelled, 'training']));
    expect(needsMet({ ...set, factors: factorsOf(0, 1, 0, 2) })).toEqual(new Set([...unlabelled, 'factors']));
  });

  it('are not factors where none of them varies: nothing can be told from those', () => {
    expect(needsMet({ ...set, factors: factorsOf(0, 1, 0, 1) })).toEqual(unlabelled);
  });
});
