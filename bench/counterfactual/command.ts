import { Command } from 'commander';
import { argmax } from '../../core/artefacts/explanation.ts';
import { deviationOf } from '../../core/concepts/variation.ts';
import { forwardAll } from '../../core/forward-all.ts';
import { inputShape } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import { changeWords } from '../../core/reasons/change-words.ts';
import { turningPoint } from '../../core/reasons/turning-point.ts';
import { batchSize, concatRows, imageAt, rowOf, sliceRows, type Tensor } from '../../core/tensor.ts';
import { percent } from '../../core/text/format.ts';
import { sessionOpener } from '../../serve/inference/onnxruntime.ts';
import { loadModel, loadPredictor } from '../../serve/models/model-folder.ts';
import { dataSchema, datasetNames, loadDataset, type Split } from '../../training/datasets/index.ts';
import { count } from '../options.ts';
import { runProgram } from '../program.ts';
import { median, quantile } from '../statistics.ts';

/**
 * `npm run bench:counterfactual`: counterfactuals of test inputs for every other class. How many the model takes for the
 * class when it reads what it drew, how many another model does, how many lie nearer to the input than the nearest
 * training input of that class, and what one takes in milliseconds. And the pictures of figures that would tip the decision
 * (core/reasons/turning-point.ts): how many the model reads as the runner-up, and how many the other model.
 */

interface Flags {
  readonly model: string;
  readonly judge?: string;
  readonly data: string;
  readonly inputs: number;
  readonly train?: number;
  readonly json: boolean;
}

/** Of one counterfactual. */
interface Row {
  readonly verified: boolean;
  /** Whether another model, which had no part in it, says the same. */
  readonly judged: boolean | undefined;
  /** Than the nearest training input of the class: what was decoded, by its pixels or features. */
  readonly nearer: boolean;
  /** The same by the concepts that the model reads in it, in units of their deviations. */
  readonly nearerRead: boolean;
  readonly distance: number;
  readonly milliseconds: number;
}

/** Of the picture that would tip a decision. */
interface Tipped {
  readonly turned: boolean;
  readonly judged: boolean | undefined;
  /** Whether what would change is told in words. */
  readonly told: boolean;
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
};

/** Rows of a split as a batch of inputs. */
const inputsOf = (split: Split, rows: number, shape: readonly number[]): Tensor => ({
  shape: [rows, ...shape],
  data: split.gather(Int32Array.from({ length: rows }, (_, n) => n)),
});

/** Values in units in which they are compared. @param scales of each column; 0: the column counts for nothing */
function scaled({ shape, data }: Tensor, scales: readonly number[]): Tensor {
  return { shape, data: data.map((value, i) => value * (scales[i % scales.length] as number)) };
}

/** `[C]`, squared distance of an input to the nearest training input of each class. */
function nearestByClass(input: Float32Array, train: Tensor, labels: ArrayLike<number>, C: number): number[] {
  const nearest = new Array<number>(C).fill(Number.POSITIVE_INFINITY);
  for (let n = 0; n < batchSize(train); n++) {
    const c = labels[n] as number;
    nearest[c] = Math.min(nearest[c] as number, distance(input, rowOf(train, n)));
  }
  return nearest;
}

async function bench({ model, judge, data, inputs, train: most, json }: Flags): Promise<void> {
  const open = sessionOpener({ providers: ['cpu'] });
  const { predictor, statics } = await loadModel(model, open);
  const other = judge === undefined ? undefined : await loadPredictor(judge, open);
  const { manifest } = predictor;
  const set = await loadDataset(dataSchema.parse({ name: data }));
  const shape = inputShape(manifest);
  const N = Math.min(inputs, set.test.labels.length);
  const test = inputsOf(set.test, N, shape);
  const train = inputsOf(set.train, Math.min(most ?? Number.POSITIVE_INFINITY, set.train.labels.length), shape);
  const scales = manifest.concepts.map((concept) => {
    const deviation = deviationOf(concept);
    return deviation === 0 ? 0 : 1 / deviation;
  });
  const trainForward = await forwardAll(predictor, train);
  const trainRead = scaled(trainForward.concepts, scales);
  const rows: Row[] = [];
  const tipped: Tipped[] = [];
  for (let n = 0; n < N; n++) {
    const input = sliceRows(test, n, n + 1);
    const forward = await predictor.forward(input);
    const [own] = (await predictor.complete(forward, { explain: [] })) as [Prediction];
    const { index } = own;
    const turn = await turningPoint(predictor, own, imageAt(input, 0));
    if (turn !== undefined) {
      const decoded = { shape: [1, ...shape], data: turn.decoded.data };
      const [seen] = other === undefined ? [] : await other.predict(decoded, { explain: [] });
      tipped.push({
        turned: turn.index === turn.behind,
        judged: seen && seen.index === turn.behind,
        told: changeWords(manifest, turn) !== undefined,
      });
    }
    const C = manifest.classes.length;
    const nearest = nearestByClass(rowOf(test, n), train, set.train.labels, C);
    const ownRead = scaled(forward.concepts, scales).data;
    const nearestRead = nearestByClass(ownRead, trainRead, set.train.labels, C);
    const found = [];
    for (const [c, contrast] of manifest.classes.entries()) {
      if (c === index) continue;
      const start = performance.now();
      const [prediction] = await predictor.complete(forward, { explain: ['counterfactual'], contrast, statics });
      const milliseconds = performance.now() - start;
      const counterfactual = prediction?.counterfactual;
      if (counterfactual !== undefined) found.push({ c, counterfactual, milliseconds });
    }
    const decoded = concatRows(
      found.map(({ counterfactual }) => ({ shape: [1, ...shape], data: counterfactual.decoded.data })),
    );
    const judged = other === undefined ? undefined : await other.predict(decoded, { explain: [] });
    const reread = scaled((await predictor.forward(decoded)).concepts, scales);
    found.forEach(({ c, counterfactual, milliseconds }, i) => {
      rows.push({
        verified: counterfactual.verified,
        judged: judged === undefined ? undefined : argmax((judged[i] as { logits: number[] }).logits) === c,
        nearer: distance(counterfactual.decoded.data, input.data) < (nearest[c] as number),
        nearerRead: distance(rowOf(reread, i), ownRead) < (nearestRead[c] as number),
        distance: counterfactual.distance,
        milliseconds,
      });
    });
  }
  await Promise.all([predictor.close(), other?.close()]);
  report(rows, tipped, json);
}

const shareOf = <R>(rows: readonly R[], holds: (row: R) => boolean | undefined): number =>
  rows.filter(holds).length / rows.length;

function report(rows: readonly Row[], tipped: readonly Tipped[], json: boolean): void {
  const times = rows.map(({ milliseconds }) => milliseconds);
  const isJudged = rows.some(({ judged }) => judged !== undefined);
  const figures = {
    count: rows.length,
    verified: shareOf(rows, ({ verified }) => verified),
    ...(isJudged && { judged: shareOf(rows, ({ judged }) => judged) }),
    nearer: shareOf(rows, ({ nearer }) => nearer),
    nearerRead: shareOf(rows, ({ nearerRead }) => nearerRead),
    distance: median(rows.map(({ distance }) => distance)),
    milliseconds: { median: median(times), p99: quantile(times, 0.99), most: Math.max(...times) },
    ...(tipped.length > 0 && {
      tipped: {
        count: tipped.length,
        turned: shareOf(tipped, ({ turned }) => turned),
        ...(isJudged && { judged: shareOf(tipped, ({ judged }) => judged) }),
        told: shareOf(tipped, ({ told }) => told),
      },
    }),
  };
  if (json) {
    console.log(JSON.stringify(figures));
    return;
  }
  const { milliseconds } = figures;
  console.log(`${figures.count} counterfactuals, median distance ${figures.distance.toFixed(2)} deviations`);
  console.log(`predicted as asked when read again      ${percent(figures.verified)}`);
  if (figures.judged !== undefined) console.log(`by the other model too                  ${percent(figures.judged)}`);
  console.log(`nearer than the nearest training input  ${percent(figures.nearer)}`);
  console.log(`the same, by the concepts read in it    ${percent(figures.nearerRead)}`);
  const { median: middle, p99, most } = milliseconds;
  console.log(
    `milliseconds                            ${middle.toFixed(1)}, 99 % below ${p99.toFixed(1)}, at most ${most.toFixed(1)}`,
  );
  if (figures.tipped === undefined) return;
  const { turned, judged, told } = figures.tipped;
  console.log(`${figures.tipped.count} pictures that tip the decision to the runner-up`);
  console.log(`read as the runner-up                   ${percent(turned)}`);
  if (judged !== undefined) console.log(`by the other model too                  ${percent(judged)}`);
  console.log(`with words for what changes             ${percent(told)}`);
}

const program = new Command('bench:counterfactual')
  .description('Counterfactuals of test inputs for every other class: verified, near, and fast?')
  .option('--model <dir>', 'model folder', 'models/mnist-disenn')
  .option('--judge <dir>', 'folder of another model of the same inputs and classes, which says what it sees')
  .option('--data <set>', `data set, one of ${datasetNames.join(', ')}`, 'mnist')
  .option('--inputs <n>', 'so many test inputs', count, 1000)
  .option('--train <n>', 'training inputs to compare with (default: all)', count)
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

await runProgram(program);
