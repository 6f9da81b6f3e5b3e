import { describe, expect, it } from 'vitest';
import { conceptIdentity } from '../../../../core/metrics/concepts/concept-identity.ts';
import type { Evidence } from '../../../../core/metrics/evidence/evidence.ts';
import type { FactorTable } from '../../../../core/metrics/evidence/factors.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { evidenceOf } from '../../../helpers/linear-model.ts';

const options = { random: randomStream(0) };

/** Every combination of a shape (−1, 1) and a position (−1 … 1 in four steps): the two pixels, and the two concepts. */
const rows = [0, 1].flatMap((shape) => [0, 1, 2, 3].map((position) => ({ shape, position })));
const inputs = rows.map(({ shape, position }) => [2 * shape - 1, (2 * position) / 3 - 1]);
const table: FactorTable = {
  names: ['shape', 'position'],
  kinds: ['categorical', 'ordinal'],
  sizes: [2, 4],
  label: 'shape',
  values: Int32Array.from(rows.flatMap(({ shape, position }) => [shape, position])),
};

/** @param relevances θ, the same for every input: `[concept · class]` */
async function measured(relevances: readonly number[], factors: FactorTable = table) {
  const evidence = await evidenceOf(inputs, { relevances: () => relevances }, { factors });
  return conceptIdentity.measure(evidence as Evidence, options);
}

/** What each concept says for "yes"; against "no" it says as much. */
const speaking = ([a, b]: readonly [number, number]) => [a, -a, b, -b];

describe('concept.identity', () => {
  it('is 1 where the concept that speaks for a class is what makes the class', async () => {
    expectClose((await measured(speaking([2, 0.1]))) as number[], [1, 1]);
  });

  it('is −1 where it is a position that says the class', async () => {
    expectClose((await measured(speaking([0.1, 2]))) as number[], [-1, -1]);
  });

  it('has no value for a class that is never predicted', async () => {
    expect(((await measured([0, 0, 0, 0])) as (number | null)[])[1]).toBeNull();
  });

  it('says why there is none where no factor is the class', async () => {
    const { label: _, ...unlabelled } = table;
    expect(await measured(speaking([2, 0.1]), unlabelled)).toMatchObject({
      reason: 'no factor that varies is the class',
    });
  });
});
