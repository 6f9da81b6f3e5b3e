import { SMALLEST_GROUP } from '../../../core/concepts/schema.ts';
import { SennError } from '../../../core/errors.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { type Split, splitOf } from '../../datasets/dataset.ts';
import { inOrder } from '../../loop/batches.ts';
import { groupsIn, meanOf } from './groups.ts';

/** Inputs that may be shown of a test set of people: golden files hold them, and the page offers them as examples. */

/** Rows of the test set that are looked at. */
const LOOKED_AT = 500;

/**
 * The means of the groups that are most alike, of equal rows where there are five; in the order of the test set.
 * @throws invalid_config where the test set is smaller than a group
 */
export function goldenPeople(test: Split, input: TabularInput, count: number): Split {
  const order = Array.from(inOrder(Math.min(LOOKED_AT, test.labels.length)));
  const groups = groupsIn(test, input)(order, order.length);
  if (groups.length === 0) {
    throw new SennError(
      'invalid_config',
      `a test set of people needs ${SMALLEST_GROUP} rows or more, got ${test.labels.length}: the model's files show means of so many`,
    );
  }
  const chosen = new Set(groups.toSorted((a, b) => a.spread - b.spread).slice(0, count));
  const means = groups.filter((group) => chosen.has(group)).map(({ group }) => meanOf(test, group));
  const data = Float32Array.from(means.flatMap((mean) => Array.from(mean)));
  return splitOf({ shape: [means.length, input.features.length], data }, new Int32Array(means.length));
}
