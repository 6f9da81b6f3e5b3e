import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AccuracyVsLambdaFigure, accuracyVsLambda } from '../../../training/figures/charts/accuracy-vs-lambda.ts';
import { disentanglement } from '../../../training/figures/charts/disentanglement.ts';
import { type EpochMetrics, parseMetrics } from '../../../training/figures/charts/metrics-csv.ts';
import { trainingCurves } from '../../../training/figures/charts/training-curves.ts';
import { type Drawn, drawn, placeOf, texts } from './svg.ts';

const epochs = (count: number, columns: Record<string, (epoch: number) => number>): EpochMetrics[] =>
  Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    values: Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, value(i + 1)])),
  }));

const marked = (svg: string, tag: string, role: string): Drawn[] =>
  drawn(svg, tag).filter(({ attributes }) => attributes['aria-roledescription'] === role);

/** A value that Vega says of a mark. */
const said = ({ attributes }: Drawn, field: string): number => {
  const [, value = ''] = new RegExp(`\\b${field}: ([^;]*)`).exec(attributes['aria-label'] ?? '') ?? [];
  return Number(value.replace('−', '-'));
};

let warned: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

describe('every chart', () => {
  const charts = {
    trainingCurves: () => trainingCurves({ epochs: epochs(4, { loss: (e) => 1 / e, validation_loss: (e) => 2 / e }) }),
    accuracyVsLambda: () =>
      accuracyVsLambda({ runs: [0, 1].map((seed) => ({ series: 'a', lambda: seed, seed, accuracy: 0.5 })) }),
    disentanglement: () => disentanglement({ scores: [{ model: 'a', metric: 'MIG', value: 0.5 }] }),
  };
  it.each(Object.entries(charts))('%s: the same data give the same bytes, and no identifiers', async (_, chart) => {
    const first = await chart();
    expect(await chart()).toBe(first);
    expect(first).not.toMatch(/\bid="|url\(|NaN|undefined|Infinity/);
  });
});

describe('trainingCurves', () => {
  const titles = (svg: string): string[] =>
    marked(svg, 'g', 'title').length > 0
      ? []
      : [...svg.matchAll(/Title text '([^']*)'/g)].map(([, title]) => title ?? '');

  it('draws a panel a quantity, the accuracy first, and no counter', async () => {
    const svg = await trainingCurves({
      epochs: epochs(3, { step: (e) => 10 * e, loss: (e) => 1 / e, kl: (e) => e, validation_accuracy: () => 0.9 }),
    });
    expect(titles(svg)).toEqual(['accuracy', 'total loss', 'KL divergence']);
  });

  it('sets the columns of panels at even distances, however long their texts are', async () => {
    const svg = await trainingCurves({
      epochs: epochs(3, { loss: (e) => e, robustness: (e) => 1e6 * e, kl: (e) => -e, sparsity: (e) => e }),
    });
    const places = [...svg.matchAll(/concat_\d+_group[^>]*><g transform="translate\((\d+),(\d+)\)/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    const [first, second, third, below] = places;
    expect(places).toHaveLength(4);
    expect(third?.[0]).toBe(2 * (second?.[0] as number));
    expect([first?.[0], second?.[1], third?.[1], below?.[0]]).toEqual([0, 0, 0, 0]);
  });

  it('draws every value as a point, also of a single epoch', async () => {
    for (const count of [1, 7]) {
      const svg = await trainingCurves({ epochs: epochs(count, { loss: (e) => e, validation_loss: (e) => 2 * e }) });
      expect(marked(svg, 'path', 'point')).toHaveLength(2 * count);
    }
  });

  it('names training and held-out inputs only where there are both', async () => {
    const both = await trainingCurves({ epochs: epochs(2, { loss: (e) => e, validation_loss: (e) => e }) });
    expect(texts(both)).toEqual(expect.arrayContaining(['training', 'held out']));
    const one = await trainingCurves({ epochs: epochs(2, { loss: (e) => e }) });
    expect(texts(one)).not.toContain('held out');
  });

  it('is logarithmic for positive values over more than a decade, and says so', async () => {
    const svg = await trainingCurves({ epochs: epochs(3, { kl: (e) => 10 ** -e, robustness: (e) => e }) });
    expect(texts(svg)).toEqual(expect.arrayContaining(['nats, log scale', 'logits per unit of the network’s input']));
    const zero = await trainingCurves({ epochs: epochs(3, { kl: (e) => 100 * (e - 1) }) });
    expect(texts(zero)).not.toContain('nats, log scale');
  });

  it('leaves out what was not measured', async () => {
    const csv = 'epoch,loss,validation_accuracy\n1,2,\n2,1,0.5\n';
    const svg = await trainingCurves({ epochs: parseMetrics(csv, 'test') });
    expect(marked(svg, 'path', 'point')).toHaveLength(3);
  });

  it.each([
    ['no epoch', []],
    ['epochs without a value', epochs(2, {})],
  ])('refuses %s', async (_, none) => {
    await expect(trainingCurves({ epochs: none })).rejects.toThrow(
      /trainingCurves: \d epochs hold no value; needs at least one/,
    );
  });
});

describe('accuracyVsLambda', () => {
  const runs: AccuracyVsLambdaFigure['runs'] = ['ours', '<b>& theirs'].flatMap((series, s) =>
    [0, 0.01, 1].flatMap((lambda, l) =>
      [0, 1, 2].map((seed) => ({ series, lambda, seed, accuracy: 0.9 + 0.01 * l + 0.004 * seed + 0.02 * s })),
    ),
  );
  const HEIGHT = 280;

  it('has error bars at the mean ± one sample standard deviation, on the scale of the axis', async () => {
    const svg = await accuracyVsLambda({ runs });
    const [, low = 0, high = 0] = (/Y-axis [^"]* from ([\d.]+) to ([\d.]+)/.exec(svg) ?? []).map(Number);
    const perPercent = HEIGHT / (high - low);
    const rules = marked(svg, 'line', 'rule mark');
    const means = marked(svg, 'path', 'point').filter((point) => point.attributes['aria-label']?.includes('mean: '));
    expect(rules).toHaveLength(6);
    for (const bar of rules) {
      const [x, y] = placeOf(bar);
      const length = Math.abs(Number(bar.attributes['y2']));
      expect(length).toBeCloseTo(2 * 0.4 * perPercent, 3);
      const mean = means.find((point) => Math.abs(placeOf(point)[0] - x) < 1e-6);
      expect(placeOf(mean as Drawn)[1]).toBeCloseTo(y - length / 2, 6);
      expect(HEIGHT - placeOf(mean as Drawn)[1]).toBeCloseTo((said(mean as Drawn, 'mean') - low) * perPercent, 3);
    }
    expect(texts(svg)).toContain('mean ± one standard deviation over seeds, n = 3');
  });

  it('draws every seed, and joins the means of λ > 0 but not that of 0', async () => {
    const svg = await accuracyVsLambda({ runs });
    expect(marked(svg, 'path', 'point')).toHaveLength(runs.length + 6);
    const lines = marked(svg, 'path', 'line mark').map(({ attributes }) => attributes['d'] as string);
    expect(lines.map((d) => (d.match(/L/g) ?? []).length).sort()).toEqual([0, 0, 1, 1]);
  });

  it('spaces λ by decades, with 0 to the left', async () => {
    const svg = await accuracyVsLambda({
      runs: [0, 1e-4, 1e-3, 0.1].map((lambda) => ({ series: 'a', lambda, seed: 0, accuracy: 0.5 })),
    });
    const points = marked(svg, 'path', 'point').filter((point) => point.attributes['aria-label']?.includes('mean: '));
    const [zero = 0, first = 0, second = 0, third = 0] = points.map((point) => placeOf(point)[0]);
    expect(zero).toBeLessThan(first);
    expect(third - second).toBeCloseTo(2 * (second - first), 6);
    expect(texts(svg)).toEqual(expect.arrayContaining(['0', '10⁻⁴', '0.001', '0.1']));
  });

  it('says how many seeds there are, and has no error bars for one', async () => {
    const one = await accuracyVsLambda({ runs: runs.filter(({ seed }) => seed === 0) });
    expect(marked(one, 'line', 'rule mark')).toHaveLength(0);
    expect(texts(one)).toContain('one seed each, so no error bars');
    const some = await accuracyVsLambda({ runs: runs.filter(({ seed, lambda }) => lambda === 0 || seed < 2) });
    expect(texts(some)).toContain('mean ± one standard deviation over seeds, n = 2 to 3');
  });

  it('writes names as they are', async () => {
    const svg = await accuracyVsLambda({ runs });
    expect(texts(svg)).toContain('<b>& theirs');
    expect(svg).not.toContain('<b>');
  });

  it.each([
    [[], 'needs at least one run, got none'],
    [[{ series: 'a', lambda: -1, seed: 0, accuracy: 0.5 }], 'λ -1 must be finite and not negative'],
    [[{ series: 'a', lambda: 1, seed: 0, accuracy: 98 }], 'accuracy 98 of a, λ 1, seed 0 must be a share in [0, 1]'],
    [[0.1, 0.2].map((accuracy) => ({ series: 'a', lambda: 1, seed: 0, accuracy })), 'a, λ 1, seed 0 is there twice'],
    [
      Array.from({ length: 8 }, (_, i) => ({ series: `s${i}`, lambda: 1, seed: 0, accuracy: 0.5 })),
      '8 series (s0, s1, s2, s3, s4, s5, s6, s7); at most 7 can be told apart',
    ],
  ])('refuses %j', async (wrong, message) => {
    await expect(accuracyVsLambda({ runs: wrong })).rejects.toThrow(message);
  });
});

describe('disentanglement', () => {
  const scores = [
    { model: 'β = 4', metric: 'MIG', value: 0.2 },
    { model: '<b>&', metric: 'MIG', value: 0.4 },
    { model: 'β = 4', metric: 'DCI', value: 0.8 },
    { model: '<b>&', metric: 'DCI', value: 0 },
  ];

  it('has a bar for each model and metric, as high as its value', async () => {
    const svg = await disentanglement({ scores });
    const found = marked(svg, 'path', 'bar');
    expect(found).toHaveLength(4);
    for (const bar of found) {
      const [, height] = /h44v([\d.]+)h-44/.exec(bar.attributes['d'] as string) ?? [];
      expect(Number(height)).toBeCloseTo(260 * said(bar, 'mean'), 6);
    }
    expect(texts(svg)).toEqual(expect.arrayContaining(['MIG', 'DCI', '0.20', '0.40', '0.80', '0.00', '<b>&', 'β = 4']));
    expect(svg).not.toContain('<b>');
  });

  it.each([1, 2, 3])('sets the names of metrics apart, a line a word, for %i models', async (models) => {
    const metrics = ['MIG', 'DCI disentanglement', 'DCI completeness', 'DCI informativeness'];
    const named = Array.from({ length: models }, (_, i) =>
      metrics.map((metric) => ({ model: `${i}`, metric, value: 1 })),
    );
    const svg = await disentanglement({ scores: named.flat() });
    expect(svg).toMatch(/<tspan[^>]*>DCI<\/tspan><tspan[^>]*>disentanglement<\/tspan>/);
    const lefts = metrics.map((metric) => {
      const bars = marked(svg, 'path', 'bar').filter(({ attributes }) =>
        attributes['aria-label']?.includes(`metric: ${metric};`),
      );
      return Math.min(...bars.map(({ attributes }) => Number(/^M([\d.]+)/.exec(attributes['d'] ?? '')?.[1])));
    });
    const steps = lefts.slice(1).map((left, i) => left - (lefts[i] as number));
    const widest = 0.6 * 13 * 'informativeness'.length; // in text of 13 pixels, without serifs
    expect(Math.min(...steps)).toBeGreaterThan(widest);
  });

  it('keeps the order of metrics and models', async () => {
    const svg = await disentanglement({ scores });
    const xOf = (model: string, metric: string): number => {
      const bar = marked(svg, 'path', 'bar').find(
        ({ attributes }) =>
          attributes['aria-label']?.includes(`metric: ${metric}`) && attributes['aria-label'].endsWith(model),
      );
      return Number(/^M([\d.]+)/.exec(bar?.attributes['d'] ?? '')?.[1]);
    };
    const order = [xOf('β = 4', 'MIG'), xOf('<b>&', 'MIG'), xOf('β = 4', 'DCI'), xOf('<b>&', 'DCI')];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(4);
  });

  it('has error bars where there are several seeds', async () => {
    const svg = await disentanglement({ scores: [...scores, { model: 'β = 4', metric: 'MIG', value: 0.4 }] });
    const [bar, ...more] = marked(svg, 'line', 'rule mark');
    expect(more).toHaveLength(0);
    expect(Math.abs(Number(bar?.attributes['y2']))).toBeCloseTo(2 * Math.sqrt(0.02) * 260, 3);
    expect(texts(svg)).toContain('mean ± one standard deviation over seeds, n = 1 to 2');
  });

  it('refuses no scores, and what is no score', async () => {
    await expect(disentanglement({ scores: [] })).rejects.toThrow('needs at least one score, got none');
    const wrong = [{ model: 'a', metric: 'MIG', value: 1.5 }];
    await expect(disentanglement({ scores: wrong })).rejects.toThrow('MIG of a is 1.5; must be in [0, 1]');
  });
});
