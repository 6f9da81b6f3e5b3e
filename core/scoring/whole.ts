import { randomBall } from '../metrics/evidence/ball.ts';
import { codedFactors } from '../metrics/evidence/coded-factors.ts';
import { decodedMoves } from '../metrics/evidence/decoded-moves.ts';
import type { Evidence, Need } from '../metrics/evidence/evidence.ts';
import type { Explanations } from '../metrics/evidence/explanations.ts';
import { selectRows } from '../metrics/evidence/factors.ts';
import { lookUp } from '../metrics/evidence/groups.ts';
import { decodedRemovals } from '../metrics/evidence/removals.ts';
import type { ScoredModel } from '../metrics/evidence/scored-model.ts';
import { trainingConcepts } from '../metrics/evidence/training-concepts.ts';
import { evidenceOf, needsOfKnown } from '../metrics/gather.ts';
import type { MetricName } from '../metrics/metric.ts';
import { inputStream, namedStream } from '../random.ts';
import { unitInput } from '../tables/unit-input.ts';
import { concatRows, type Tensor } from '../tensor.ts';
import { type BatchScores, joinWhole } from './batch.ts';
import type { Job } from './job.ts';
import { reachOf } from './reach.ts';
import type { ScoringSource } from './source.ts';

/** What the metrics of a set read: h and θ of all its inputs, out of the batches; the inputs only where one compares them. */

/** The needs that a source meets, with a model that explains it. */
export const needsOf = ({ labelled, factors, training }: Omit<ScoringSource, 'read'>): ReadonlySet<Need> =>
  needsOfKnown({ factors, labels: labelled, parts: false, training: training !== undefined });

/** Joins h, θ and classes of batches; one at a time is in memory beside what they are joined into. */
export async function joinExplanations(batches: AsyncIterable<BatchScores>) {
  const parts: BatchScores[] = [];
  for await (const { rows, labels, predicted, concepts, relevances } of batches) {
    parts.push({ rows, ...(labels && { labels }), predicted, concepts, relevances, values: {}, attributions: {} });
  }
  const whole = (of: (part: BatchScores) => Int32Array): Int32Array => joinWhole(parts.map(of));
  const labelled = parts.every(({ labels }) => labels !== undefined);
  return {
    rows: whole(({ rows }) => rows),
    concepts: concatRows(parts.map(({ concepts }) => concepts)),
    relevances: concatRows(parts.map(({ relevances }) => relevances)),
    predicted: whole(({ predicted }) => predicted),
    ...(labelled && { labels: whole(({ labels }) => labels as Int32Array) }),
  };
}
export type JoinedExplanations = Awaited<ReturnType<typeof joinExplanations>>;

/** The usable inputs of a set, all at once. @throws as `read` */
export async function wholeInput(source: ScoringSource, { batch }: Pick<Job, 'batch'>): Promise<Tensor> {
  const parts: Tensor[] = [];
  for (let start = 0; start < source.count; start += batch) {
    parts.push((await source.read(start, Math.min(source.count, start + batch))).input);
  }
  return concatRows(parts);
}

/** For metrics that do not compare inputs: reading them is a defect of the metric's row, and is told as one. */
const withoutInputs: Pick<Explanations, 'input' | 'unitInput'> = {
  get input(): Tensor {
    throw new Error("a metric that reads the inputs of the whole set must say so: compares: 'inputs'");
  },
  get unitInput(): Tensor {
    return this.input;
  },
};

/** Evidence of the set for each metric, `moves`, `training` and `factors` made once for all that ask. */
export function wholeEvidence(
  model: ScoredModel,
  source: ScoringSource,
  job: Pick<Job, 'seed' | 'batch'>,
  joined: JoinedExplanations,
): (name: MetricName) => Promise<Partial<Evidence>> {
  const { rows, concepts, relevances, predicted, labels } = joined;
  const own = { concepts, relevances, predicted };
  const base = Object.assign(Object.create(withoutInputs) as Explanations, own);
  const coded = source.factors && { factors: selectRows(source.factors, rows), codesOf: lookUp(concepts) };
  const shared: Partial<Evidence> = {
    explanations: base,
    predictions: base,
    predictor: model,
    moves: decodedMoves(model, base),
    removals: decodedRemovals(model, base),
    ...(source.training && { training: trainingConcepts(model, source.training) }),
    ...(labels && { labels }),
    ...(coded && { factors: codedFactors(coded, namedStream(job.seed, 'sample of factors')) }),
  };
  let full: Promise<Pick<Evidence, 'explanations' | 'ball'>> | undefined;
  const withInputs = async (): Promise<Pick<Evidence, 'explanations' | 'ball'>> => {
    const input = await wholeInput(source, job);
    const explanations = { ...own, input, unitInput: unitInput(model.manifest.input, input) };
    const ball = randomBall(model, explanations, (n) => inputStream(job.seed, 'ball', rows[n] as number));
    return { explanations, ball };
  };
  return async (name) => {
    if (reachOf(name) !== 'inputs') return evidenceOf(model, shared);
    full ??= withInputs();
    return evidenceOf(model, { ...shared, ...(await full) });
  };
}
