import { aggregate, contributionsOf } from '../../artefacts/explanation.ts';
import { deviationOf } from '../../concepts/variation.ts';
import { planOf } from '../../graphs.ts';
import { rowOf } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';
import type { ScoredModel } from '../evidence/scored-model.ts';
import type { MetricOptions, SetValue } from '../metric.ts';
import { type NoValue, noValue } from '../no-value.ts';
import { highestFirst } from '../removal/orders.ts';
import { normal } from '../search/draws.ts';
import { predictedContributions } from '../shared/contributions.ts';
import { complement } from '../shared/probability.ts';
import { readEach } from '../shared/read-each.ts';
import { spreadRows } from '../shared/spread.ts';

/** What `pgi` and `pgu` have in common: concepts are shaken, decoded and read again. */

const MOST_INPUTS = 300;
/** Draws of noise an input. */
const DRAWS = 10;
/** Share of the concepts that are shaken. */
const SHARE = 0.25;

/** @param which concepts are shaken: those of the largest or of the smallest contributions, in size */
export async function predictionGap(
  explanations: Explanations,
  model: ScoredModel,
  which: 'most' | 'least',
  { random, onProgress }: MetricOptions,
): Promise<SetValue | NoValue> {
  const { manifest } = model;
  if (planOf(manifest.graphs, ['concepts'], ['reconstruction']) === undefined) {
    return noValue('the model has no decoder to show shaken concepts');
  }
  const players = manifest.concepts.flatMap((concept, k) => {
    const deviation = deviationOf(concept);
    return deviation > 0 ? [{ k, deviation }] : [];
  });
  if (players.length < 2) return noValue('fewer than two concepts vary');
  const shaken = Math.ceil(SHARE * players.length);
  const sign = which === 'most' ? 1 : -1;
  // Of each input: as it is, 10 draws of those that are asked for, 10 of as many at random.
  const rows = spreadRows(explanations.predicted.length, MOST_INPUTS);
  const each = 1 + 2 * DRAWS;
  const bases = new Float64Array(rows.length);
  let [own, drawn] = [0, 0];
  let chosen: number[] = [];
  await readEach(model, 'concepts', {
    count: rows.length * each,
    fill: (i, row) => {
      const [n, draw] = [rows[Math.floor(i / each)] as number, i % each];
      row.set(rowOf(explanations.concepts, n));
      if (draw === 0) {
        const contributions = predictedContributions(explanations, n);
        chosen = highestFirst(players.map(({ k }) => sign * Math.abs(contributions[k] as number))).slice(0, shaken);
        return;
      }
      const set = draw <= DRAWS ? chosen : [...random.permutation(players.length)].slice(0, shaken);
      for (const player of set) {
        const { k, deviation } = players[player] as (typeof players)[number];
        row[k] = (row[k] as number) + deviation * normal(random);
      }
    },
    visit: (i, h, theta) => {
      const [s, draw] = [Math.floor(i / each), i % each];
      const q = complement(aggregate(contributionsOf(h, theta)), explanations.predicted[rows[s] as number] as number);
      if (draw === 0) bases[s] = q;
      else if (draw <= DRAWS) own += Math.abs(q - (bases[s] as number));
      else drawn += Math.abs(q - (bases[s] as number));
    },
    onProgress: (done) => onProgress?.(Math.floor(done / each), rows.length),
  });
  const count = rows.length * DRAWS;
  return { value: own / count, figures: { random: drawn / count, inputs: rows.length } };
}
