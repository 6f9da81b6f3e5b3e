import { describe, expect, it } from 'vitest';
import { dataSchema, loadDataset } from '../../../training/datasets/index.ts';
import { abalone } from '../../../training/datasets/uci/abalone.ts';
import { breastCancerWisconsin } from '../../../training/datasets/uci/breast-cancer-wisconsin.ts';
import { ionosphere } from '../../../training/datasets/uci/ionosphere.ts';
import { pimaDiabetes } from '../../../training/datasets/uci/pima-diabetes.ts';
import { sonar } from '../../../training/datasets/uci/sonar.ts';
import { wine } from '../../../training/datasets/uci/wine.ts';
import { allRows, classCounts, isAtHand, sizeAtHand } from './helpers.ts';

/** By the `.names` files: features, and how many rows each class has. */
const sets = [
  {
    definition: abalone,
    name: 'abalone',
    features: 10,
    classes: { '1 to 8 rings': 1407, '9 or 10 rings': 1323, '11 rings or more': 1447 },
  },
  // 458 and 241, less the 16 rows with a missing value
  {
    definition: breastCancerWisconsin,
    name: 'breast-cancer-wisconsin',
    features: 9,
    classes: { benign: 444, malignant: 239 },
  },
  { definition: ionosphere, name: 'ionosphere', features: 34, classes: { bad: 126, good: 225 } },
  { definition: pimaDiabetes, name: 'pima-diabetes', features: 8, classes: { negative: 500, positive: 268 } },
  { definition: sonar, name: 'sonar', features: 60, classes: { rock: 97, mine: 111 } },
  { definition: wine, name: 'wine', features: 13, classes: { 'cultivar 1': 59, 'cultivar 2': 71, 'cultivar 3': 48 } },
] as const;

const load = (name: string, more = {}) => loadDataset(dataSchema.parse({ name, ...more }));

for (const { definition, name, features, classes } of sets) {
  describe.skipIf(!(await isAtHand(definition.source)))(`${name} (needs its file: set SENN_DATA)`, () => {
    it('has the features and classes that its documentation tells', async () => {
      const dataset = await load(name);
      const { input, train, test } = dataset;
      expect(input.kind === 'tabular' && input.features).toHaveLength(features);
      const names = Object.keys(classes);
      expect(dataset.classes).toEqual(names);
      const counts = [classCounts(train, names.length), classCounts(test, names.length)];
      expect(names.map((_, c) => (counts[0]?.[c] as number) + (counts[1]?.[c] as number))).toEqual(
        Object.values(classes),
      );
      // a stratified fifth, to half a row of each class
      Object.values(classes).forEach((count, c) => {
        expect(Math.abs((counts[1]?.[c] as number) - 0.2 * count)).toBeLessThanOrEqual(0.5 + 1e-9);
      });
      expect(dataset.sha256).toBe(definition.source.sha256);
      expect(await sizeAtHand(definition.source)).toBe(definition.source.bytes);
    });

    it('is scaled to mean 0 and deviation 1 over the training rows, constant columns apart', async () => {
      const { train, scaling = [], input } = await load(name, { splitSeed: 3 });
      const values = train.gather(allRows(train));
      scaling.forEach(({ shift, scale }, f) => {
        const column = Array.from(train.labels, (_, row) => ((values[row * features + f] as number) - shift) * scale);
        const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
        const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
        const constant = new Set(column).size === 1;
        const indicator = input.kind === 'tabular' && /^Sex_[MFI]$/.test(input.features[f]?.name as string);
        if (indicator) expect([shift, scale]).toEqual([0, 1]);
        else expect([mean, variance]).toEqual([expect.closeTo(0, 6), expect.closeTo(constant ? 0 : 1, 6)]);
      });
    });

    it('holds every training value in its range', async () => {
      const { train, input } = await load(name);
      const values = train.gather(allRows(train));
      const outside = Array.from(values).filter((value, i) => {
        const [low, high] = (input.kind === 'tabular' && input.features[i % features]?.range) || [0, 0];
        return value < low || value > high;
      });
      expect(outside).toEqual([]);
    });
  });
}

describe.skipIf(!(await isAtHand(abalone.source)))('abalone (needs its file: set SENN_DATA)', () => {
  it('has one of three indicators set in every row', async () => {
    const { train } = await load('abalone');
    const values = train.gather(allRows(train));
    const set = Array.from(train.labels, (_, row) => [...values.subarray(10 * row, 10 * row + 3)].sort().join());
    expect(new Set(set)).toEqual(new Set(['0,0,1']));
  });
});
