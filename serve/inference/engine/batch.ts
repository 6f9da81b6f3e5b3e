import { argmax, type Explanation, explain } from '../../../core/artefacts/explanation.ts';
import { type ArtefactName, computedAmong, computedKey, figureArtefacts } from '../../../core/artefacts/index.ts';
import type { AttributionAnswers } from '../../../core/attributions/answers/schema.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import type { Forward, Prediction, Predictor } from '../../../core/predictor.ts';
import { batchSize, concatRows, sizeOf, sliceRows, type Tensor } from '../../../core/tensor.ts';
import type { Intervened, Outcome } from '../../../core/views/intervention.ts';
import { answersOf } from '../../answers/answer.ts';
import { drawn, type ExplainedModel, type Turned, withTurns } from '../../answers/explained.ts';
import { JsonBytes } from '../../answers/json/json-bytes.ts';
import { attributed } from '../attributing.ts';
import { inputCount, writeInputs } from '../batch-input.ts';
import { errorMessage } from '../error-message.ts';
import type { TensorName } from '../served-model.ts';
import type { Ask, AskOutput, AskResult } from './messages.ts';

/**
 * Several jobs as one batch: h and θ run once over all inputs, the decoder once over the traversals of all that want as
 * many steps. A job that fails does so alone.
 */

export interface BatchOutcome {
  readonly decode: number;
  readonly compute: number;
  readonly results: readonly AskResult[];
  readonly text: Uint8Array<ArrayBuffer>;
}

const failed = (error: unknown): AskResult => ({ ok: false, error: errorMessage(error) });

/** A job whose inputs are tensors. */
interface Ready {
  readonly index: number;
  readonly ask: Ask;
  /** `[n, …]` in the model's units: its part of the batch. */
  readonly input: Tensor;
}

/** About what a small answer comes to; the memory grows with larger ones. */
const BYTES_PER_ANSWER = 4096;

export async function runBatch(model: ExplainedModel, asks: readonly Ask[]): Promise<BatchOutcome> {
  const results: AskResult[] = [];
  const texts = new JsonBytes(asks.length * BYTES_PER_ANSWER);
  const ready: Ready[] = [];
  const start = performance.now();
  const { manifest } = model.predictor;
  const shape = inputShape(manifest);
  const size = sizeOf(shape);
  const rows = new Float32Array(size * asks.reduce((sum, { input }) => sum + inputCount(input), 0));
  let end = 0;
  asks.forEach((ask, index) => {
    const count = inputCount(ask.input);
    const data = rows.subarray(end, end + count * size);
    try {
      writeInputs(data, ask.input, manifest);
      ready.push({ index, ask, input: { shape: [count, ...shape], data } });
      end += data.length;
    } catch (error) {
      results[index] = failed(error);
    }
  });
  const whole = { shape: [end / size, ...shape], data: rows.subarray(0, end) };
  const decoded = performance.now();
  const compute = ready.length === 0 ? 0 : await runReady(model, ready, whole, results, texts);
  return { decode: decoded - start, compute, results, text: texts.bytes() };
}

/** @param whole the inputs of all @returns milliseconds of computing, without those of encoding */
async function runReady(
  model: ExplainedModel,
  ready: readonly Ready[],
  whole: Tensor,
  results: AskResult[],
  texts: JsonBytes,
): Promise<number> {
  const start = performance.now();
  try {
    const computed = await computeAll(model, ready, whole);
    const end = performance.now();
    ready.forEach((job, i) => {
      results[job.index] = encode(model, job, computed[i] as Computed, texts);
    });
    return end - start;
  } catch (error) {
    if (ready.length === 1) {
      results[(ready[0] as Ready).index] = failed(error);
      return performance.now() - start;
    }
    // one input can spoil a batch, by values that are not finite for instance: each alone then
    let spent = 0;
    for (const job of ready) spent += await runReady(model, [job], job.input, results, texts);
    return spent;
  }
}

interface Computed {
  readonly forward: Forward;
  /** Of a job for tensors there are none; what would tip them is there where they are to be drawn. */
  readonly predictions: readonly Turned[];
  /** Where they were asked for. */
  readonly attributed: readonly AttributionAnswers[] | undefined;
}

/** What a job wants computed beyond h and θ; `undefined`: nothing. */
interface Wanted {
  readonly explain: readonly ArtefactName[];
  readonly steps: number;
  readonly contrast: string | undefined;
}

const wantedOf = {
  answer: ({ options: { explain, steps, contrast } }) => ({ explain: computedAmong(explain), steps, contrast }),
  figure: ({ options: { explain, steps, contrast } }, manifest) => ({
    explain: computedAmong(figureArtefacts(manifest, explain)),
    steps,
    contrast,
  }),
  tensors: () => undefined,
  attributions: () => undefined,
} satisfies { [Kind in Ask['kind']]: (ask: Extract<Ask, { kind: Kind }>, manifest: Manifest) => Wanted | undefined };

/** What a job wants computed, and a key that is equal for jobs that want the same. */
function wantedBy(ask: Ask, manifest: Manifest): { readonly key: string; readonly wanted: Wanted | undefined } {
  const wanted = (wantedOf[ask.kind] as (ask: Ask, manifest: Manifest) => Wanted | undefined)(ask, manifest);
  if (wanted === undefined) return { key: '', wanted };
  return { key: wanted.explain.length === 0 ? '-' : computedKey(wanted.explain, wanted), wanted };
}

/** h and θ of all inputs, those set that are to be. */
async function forwardOf(predictor: Predictor, ready: readonly Ready[], inputs: Tensor): Promise<Intervened> {
  const forward = await predictor.forward(inputs);
  if (ready.every(({ ask }) => ask.input.interventions === undefined)) return { forward, outcomes: [] };
  const interventions = ready.flatMap(
    ({ ask, input }) => ask.input.interventions ?? new Array<undefined>(batchSize(input)).fill(undefined),
  );
  return predictor.intervene(forward, interventions);
}

async function computeAll(model: ExplainedModel, ready: readonly Ready[], inputs: Tensor): Promise<Computed[]> {
  const { predictor, statics } = model;
  const { forward: whole, outcomes } = await forwardOf(predictor, ready, inputs);
  let row = 0;
  const firsts: number[] = [];
  const forwards = ready.map(({ input }): Forward => {
    const [first, end] = [row, row + batchSize(input)];
    firsts.push(first);
    row = end;
    return { concepts: sliceRows(whole.concepts, first, end), relevances: sliceRows(whole.relevances, first, end) };
  });
  const computed: Computed[] = [];
  for (const [i, forward] of forwards.entries()) {
    computed.push({ forward, predictions: [], attributed: await attributedOf(predictor, ready[i] as Ready, forward) });
  }
  const wants = ready.map(({ ask }) => wantedBy(ask, predictor.manifest));
  for (const members of grouped(wants.map(({ key }) => key)).values()) {
    const wanted = wants[members[0] as number]?.wanted;
    if (wanted === undefined) continue;
    // Of concepts that were set, the input says nothing: what looks at it is left out.
    const areOwn = members.every((i) => ready[i]?.ask.input.interventions === undefined);
    const input =
      members.length === forwards.length ? inputs : concatRows(members.map((i) => (ready[i] as Ready).input));
    const joined = members.length === forwards.length ? whole : joinedRows(members.map((i) => forwards[i] as Forward));
    const completed = await predictor.complete({ ...joined, ...(areOwn && { input }) }, { ...wanted, statics });
    let at = 0;
    for (const i of members) {
      const forward = forwards[i] as Forward;
      const count = batchSize(forward.concepts);
      const own = completed.slice(at, at + count);
      const first = firsts[i] as number;
      const told = own.map((one, n) => withOutcome(one, outcomes[first + n]));
      const ask = ready[i]?.ask;
      const predictions =
        ask?.kind === 'figure'
          ? await withTurns(predictor, (ready[i] as Ready).input, told, ask.options.contrast)
          : told.map((prediction) => ({ prediction }));
      computed[i] = { ...(computed[i] as Computed), predictions };
      at += count;
    }
  }
  return computed;
}

/** Of the predicted class of each input. */
async function attributedOf(
  predictor: Predictor,
  { ask: { attributing }, input }: Ready,
  forward: Forward,
): Promise<readonly AttributionAnswers[] | undefined> {
  if (attributing === undefined) return undefined;
  const rows = explain(forward.concepts, forward.relevances);
  const classes = Int32Array.from(rows, ({ logits }) => argmax(logits));
  return attributed(predictor, input, classes, attributing);
}

const withOutcome = (prediction: Prediction, intervention: Outcome | undefined): Prediction =>
  intervention === undefined ? prediction : { ...prediction, intervention };

const joinedRows = (forwards: readonly Forward[]): Forward => ({
  concepts: concatRows(forwards.map(({ concepts }) => concepts)),
  relevances: concatRows(forwards.map(({ relevances }) => relevances)),
});

/** Indices by value, in the order in which the values first come. */
function grouped<T>(values: readonly T[]): Map<T, number[]> {
  const groups = new Map<T, number[]>();
  values.forEach((value, i) => {
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [i]);
    else group.push(i);
  });
  return groups;
}

function encode(model: ExplainedModel, { ask, input }: Ready, computed: Computed, texts: JsonBytes): AskResult {
  const start = performance.now();
  try {
    const output = (outputs[ask.kind] as (given: Given) => AskOutput)({ model, ask, input, computed, texts });
    return { ok: true, output, encode: performance.now() - start };
  } catch (error) {
    return failed(error);
  }
}

type AskOf<Kind extends Ask['kind']> = Extract<Ask, { kind: Kind }>;

/** What an output is made of. */
interface Given<Asked = Ask> {
  readonly model: ExplainedModel;
  readonly ask: Asked;
  readonly input: Tensor;
  readonly computed: Computed;
  /** Where texts are put. */
  readonly texts: JsonBytes;
}

const outputs = {
  answer: ({ model: { predictor, statics }, ask, input, computed: { predictions, attributed }, texts }) => {
    const plain = predictions.map(({ prediction }) => prediction);
    const subject = { manifest: predictor.manifest, statics };
    return { kind: 'text', ...texts.addJson(answersOf(subject, input, plain, ask.options, attributed)) };
  },
  figure: ({ model, ask, input, computed: { predictions, attributed }, texts }) => {
    const told = predictions.map((one, n) => ({ ...one, attributions: attributed?.[n] }));
    return { kind: 'text', ...texts.addText(drawn(model, input, told, ask.options)) };
  },
  tensors: ({ ask, computed: { forward } }) => ({ kind: 'tensors', tensors: tensorsOf(forward, ask.names) }),
  attributions: ({ computed: { attributed = [] } }) => ({ kind: 'attributions', attributions: attributed }),
} satisfies { [Kind in Ask['kind']]: (given: Given<AskOf<Kind>>) => AskOutput };

const flat = (values: readonly (readonly number[])[]): Float32Array => Float32Array.from(values.flat());

/** The tensors of N inputs, each in memory of its own, so that it can be handed over. */
const tensorGivers = {
  concepts: ({ concepts }) => ({ shape: concepts.shape, data: concepts.data.slice() }),
  relevances: ({ relevances }) => ({ shape: relevances.shape, data: relevances.data.slice() }),
  contributions: ({ relevances }, rows) => ({
    shape: relevances.shape,
    data: flat(rows.flatMap(({ contributions }) => contributions)),
  }),
  logits: ({ relevances: { shape } }, rows) => ({
    shape: [shape[0] as number, shape[2] as number],
    data: flat(rows.map(({ logits }) => logits)),
  }),
  probabilities: ({ relevances: { shape } }, rows) => ({
    shape: [shape[0] as number, shape[2] as number],
    data: flat(rows.map(({ probabilities }) => probabilities)),
  }),
} satisfies Record<TensorName, (forward: Forward, rows: readonly Explanation[]) => Tensor>;

function tensorsOf(forward: Forward, names: readonly TensorName[]): Record<string, Tensor> {
  const rows = explain(forward.concepts, forward.relevances);
  return Object.fromEntries(names.map((name) => [name, tensorGivers[name](forward, rows)]));
}
