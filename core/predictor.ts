import type { Statics } from './artefacts/artefact.ts';
import { argmax, type Explanation, explain } from './artefacts/explanation.ts';
import { type ArtefactName, type ComputedValues, computeArtefacts, defaultArtefacts } from './artefacts/index.ts';
import { TRAVERSAL_STEPS } from './artefacts/traversals.ts';
import { forwardOfOutput, outputOfBlackBox, portedSessions } from './black-box/black-box.ts';
import { isBlackBox } from './black-box/schema.ts';
import { SennError } from './errors.ts';
import { planOf, type TensorName } from './graphs.ts';
import { type GraphName, inputShape, type Manifest, rowShapeOf } from './manifest.ts';
import { outputOf, type Session } from './session.ts';
import { batchSize, firstNonFinite, type Tensor } from './tensor.ts';
import {
  type ConceptValues,
  type Intervened,
  type Intervention,
  intervene,
  interventionOf,
  type Outcome,
} from './views/intervention.ts';

/**
 * A model ready to predict. It is asked for tensors, and runs just the graphs that give them (core/graphs.ts); which of
 * the model's graphs are open is up to whoever opened them.
 */

export type { Traversal } from './artefacts/traversals.ts';

export interface Prediction extends Explanation, ComputedValues {
  readonly label: string;
  readonly index: number;
  readonly probability: number;
  /** Of an input whose concepts were set, where the model has a decoder. */
  readonly intervention?: Outcome | undefined;
}

export interface PredictOptions {
  /** What to compute besides the explanation itself. Default: what the model shows by default. */
  readonly explain?: readonly ArtefactName[];
  /** Steps of a traversal. Default 7. */
  readonly steps?: number;
  /** A class by its label: what counterfactuals are asked for. */
  readonly contrast?: string | undefined;
  /** The contents of the model's static artefacts, as far as they are at hand. Default: none. */
  readonly statics?: Statics;
  /** `[N]`, concepts to set before anything else, by their names or indices. Default: none. */
  readonly concepts?: readonly (ConceptValues | undefined)[];
}

/** h(x) and θ(x) of a batch, as the graphs give them: `[N, K]` and `[N, K, C]`. */
export interface Forward {
  readonly concepts: Tensor;
  readonly relevances: Tensor;
}

/** Open sessions of a model's graphs, by the graphs' names; all of them, or those that are needed. */
export type Sessions = Readonly<Partial<Record<GraphName, Session>>>;

export type NamedTensors<Name extends TensorName = TensorName> = Readonly<Record<Name, Tensor>>;

/** A model ready to predict, on whatever runs its sessions. */
export interface Predictor {
  readonly manifest: Manifest;
  /** What runs the forward pass. */
  readonly executionProvider: string;
  /**
   * Tensors of the contract from others, through the fewest graphs.
   * @param given each `[N, …]`
   * @returns each `[N, …]`, of the shape that the manifest promises, and finite
   * @throws unsupported_input where no open graphs give them | invalid_model | inference_failed
   */
  run<Name extends TensorName>(
    given: Readonly<Partial<Record<TensorName, Tensor>>>,
    wanted: readonly Name[],
  ): Promise<NamedTensors<Name>>;
  /** @param input `[N, …]` in the model's units @throws shape_mismatch | invalid_model | inference_failed */
  forward(input: Tensor): Promise<Forward>;
  /**
   * What the decoder makes of concept vectors.
   * @param concepts `[M, K]`, unit-free
   * @returns `[M, …]` in the units of `input`
   * @throws unsupported_input where the model has no decoder | invalid_model | inference_failed
   */
  decode(concepts: Tensor): Promise<Tensor>;
  /**
   * θ for concepts as they are given, whatever the input was.
   * @param concepts `[M, K]`, unit-free
   * @returns `[M, K, C]`
   * @throws unsupported_input where θ reads the input itself | invalid_model | inference_failed
   */
  relevances(concepts: Tensor): Promise<Tensor>;
  /**
   * What becomes of inputs whose concepts are set to values.
   * @param forward of N inputs @param interventions `[N]` (core/views/intervention.ts)
   * @throws unsupported_input where the graphs are not open | invalid_model | inference_failed
   */
  intervene(forward: Forward, interventions: readonly (Intervention | undefined)[]): Promise<Intervened>;
  /** @param input `[N, …]` in the model's units @throws shape_mismatch | invalid_request | invalid_model | inference_failed */
  predict(input: Tensor, options?: PredictOptions): Promise<Prediction[]>;
  /**
   * The same from h and θ already at hand, so that the rest can be asked for later.
   * @param forward with the input it is of, without which nothing is computed that looks at it (`familiarity`)
   */
  complete(
    forward: Forward & { readonly input?: Tensor },
    options?: Omit<PredictOptions, 'concepts'>,
  ): Promise<Prediction[]>;
  close(): Promise<void>;
}

/** What the forward pass gives, and from what; a black box gives its answer. */
const forwardOf = (manifest: Pick<Manifest, 'graphs' | 'kind'>) => {
  const own: readonly TensorName[] = ['concepts', 'relevances'];
  const wanted = isBlackBox(manifest) ? [outputOfBlackBox(manifest)] : own;
  return { given: ['input'], wanted } as const;
};
/** What artefacts decode with. */
const DECODE = { given: ['concepts'], wanted: ['reconstruction'] } as const;
/** What follows where concepts are moved, and θ does not read the input itself. */
const RELATE = { given: ['concepts'], wanted: ['relevances'] } as const;

/** The graphs that predictions and their artefacts run: what a server or a page has to open. */
export function predictingGraphs(manifest: Pick<Manifest, 'graphs' | 'kind'>): GraphName[] {
  const { graphs } = manifest;
  const names = [forwardOf(manifest), DECODE, RELATE].flatMap(
    ({ given, wanted }) => planOf(graphs, given, wanted) ?? [],
  );
  return [...new Set(names.flat().map(({ graph }) => graph))];
}

export function forwardGraphs(manifest: Pick<Manifest, 'graphs' | 'kind'>): GraphName[] {
  const { given, wanted } = forwardOf(manifest);
  return (planOf(manifest.graphs, given, wanted) ?? []).flat().map(({ graph }) => graph);
}

/** @throws shape_mismatch */
export function checkInput(manifest: Manifest, { shape }: Tensor): void {
  const expected = inputShape(manifest);
  if (shape.length !== expected.length + 1 || shape.slice(1).join() !== expected.join()) {
    throw new SennError(
      'shape_mismatch',
      `predict: input [${shape.join(', ')}] must be [batch, ${expected.join(', ')}] for model "${manifest.name}"`,
    );
  }
}

/** A graph's output must have the shape that the manifest promises, and be finite: JSON has no other numbers. */
function checkOutput(manifest: Manifest, what: TensorName, output: Tensor, N: number): Tensor {
  const expected = [N, ...rowShapeOf(what, manifest)];
  const { shape } = output;
  if (shape.length !== expected.length || expected.some((size, i) => size !== undefined && size !== shape[i])) {
    const sizes = expected.map((size) => size ?? 'any').join(', ');
    throw new SennError(
      'invalid_model',
      `model "${manifest.name}": ${what} [${shape.join(', ')}] must be [${sizes}] by its manifest`,
    );
  }
  const odd = firstNonFinite(output.data);
  if (odd >= 0) {
    throw new SennError(
      'inference_failed',
      `model "${manifest.name}": ${what}[${odd}] is ${output.data[odd]}; every value must be finite`,
      { output: what, index: odd, value: String(output.data[odd]) },
    );
  }
  return output;
}

type OpenPlan = ReturnType<typeof planOf<GraphName>>;

/** What runs the graphs between tensors; plans are made once for each question. */
function createRunner(manifest: Manifest, sessions: Sessions) {
  const open = Object.fromEntries(
    Object.entries(manifest.graphs).filter(([name]) => sessions[name as GraphName] !== undefined),
  ) as Manifest['graphs'];
  const running = portedSessions(manifest, sessions);
  const plans = new Map<string, OpenPlan>();

  const planned = (given: readonly TensorName[], wanted: readonly TensorName[]): OpenPlan => {
    const key = `${given.join()}>${wanted.join()}`;
    if (!plans.has(key)) plans.set(key, planOf(open, given, wanted));
    return plans.get(key);
  };

  const runGraph = ({ graph, outputs }: { graph: GraphName; outputs: readonly TensorName[] }, known: Known) => {
    const feeds: Record<string, Tensor> = {};
    for (const input of open[graph]?.inputs ?? []) feeds[input] = known[input] as Tensor;
    return (running[graph] as Session).run(feeds, outputs);
  };

  const run = async (plan: OpenPlan, given: Known, wanted: readonly TensorName[]): Promise<NamedTensors> => {
    const names = Object.keys(given) as TensorName[];
    if (plan === undefined) {
      throw new SennError(
        'unsupported_input',
        `model "${manifest.name}": no graph that is open gives ${wanted.join(', ')} from ${names.join(', ')}; open are ${Object.keys(open).join(', ')}`,
      );
    }
    const known = { ...given };
    const N = batchSize(given[names[0] as TensorName] as Tensor);
    for (const stage of plan) {
      const results = await Promise.all(stage.map((one) => runGraph(one, known)));
      stage.forEach(({ outputs }, i) => {
        for (const name of outputs) {
          known[name] = checkOutput(manifest, name, outputOf(results[i] as NamedTensors, name), N);
        }
      });
    }
    return known as NamedTensors;
  };
  return { planned, run };
}

type Known = Partial<Record<TensorName, Tensor>>;

/** The constant concept of a black box is no explanation, and no answer shows it. */
const noConcepts = { concepts: [], relevances: [], contributions: [] };
const conceptsOf = ({ concepts, relevances, contributions }: Explanation) => ({ concepts, relevances, contributions });

/** Over open sessions, which are its own: `close` closes all. */
export function createPredictor(manifest: Manifest, sessions: Sessions): Predictor {
  const runner = createRunner(manifest, sessions);
  const ofForward = forwardOf(manifest);
  const [forwardPlan, decodePlan, relatePlan] = [ofForward, DECODE, RELATE].map(({ given, wanted }) =>
    runner.planned(given, wanted),
  );
  const decode: Predictor['decode'] = async (concepts) =>
    (await runner.run(decodePlan, { concepts }, DECODE.wanted)).reconstruction;
  const relate: Predictor['relevances'] = async (concepts) =>
    (await runner.run(relatePlan, { concepts }, RELATE.wanted)).relevances;
  const complete: Predictor['complete'] = async ({ concepts, relevances, input }, options = {}) => {
    const { explain: asked = defaultArtefacts(manifest), steps = TRAVERSAL_STEPS.default, statics = {} } = options;
    const { contrast } = options;
    const explanations = explain(concepts, relevances);
    const context = { manifest, options: { steps, contrast }, statics, input, decode, forward, relevances: relate };
    const computed = await computeArtefacts(asked, context, explanations);
    return explanations.map((explanation, n) => {
      const index = argmax(explanation.logits);
      return {
        label: manifest.classes[index] as string,
        index,
        probability: explanation.probabilities[index] as number,
        ...(isBlackBox(manifest) ? noConcepts : conceptsOf(explanation)),
        logits: explanation.logits,
        probabilities: explanation.probabilities,
        ...(computed[n] as ComputedValues),
      };
    });
  };
  const forward: Predictor['forward'] = async (input) => {
    checkInput(manifest, input);
    if (batchSize(input) > 0) {
      const given = await runner.run(forwardPlan, { input }, ofForward.wanted);
      if (isBlackBox(manifest))
        return forwardOfOutput(given[ofForward.wanted[0] as TensorName], outputOfBlackBox(manifest));
      return { concepts: given.concepts, relevances: given.relevances };
    }
    const [K, C] = [isBlackBox(manifest) ? 1 : manifest.concepts.length, manifest.classes.length];
    const data = new Float32Array(0);
    return { concepts: { shape: [0, K], data }, relevances: { shape: [0, K, C], data } };
  };
  const hasDecoder = planOf(manifest.graphs, DECODE.given, DECODE.wanted) !== undefined;
  const context = { manifest, decode, forward, relevances: relate };
  const predict: Predictor['predict'] = async (input, options = {}) => {
    const own = await forward(input);
    if (options.concepts === undefined) return complete({ ...own, input }, options);
    const interventions = options.concepts.map((values, n) =>
      values === undefined ? undefined : interventionOf(values, `concepts.${n}`, manifest),
    );
    const { forward: moved, outcomes } = await intervene(context, own, interventions, hasDecoder);
    const predictions = await complete(moved, options);
    return predictions.map((prediction, n) =>
      outcomes[n] === undefined ? prediction : { ...prediction, intervention: outcomes[n] },
    );
  };
  const [first] = forwardGraphs(manifest);
  const running = (first === undefined ? undefined : sessions[first]) ?? Object.values(sessions)[0];
  return {
    manifest,
    executionProvider: running?.executionProvider ?? 'none',
    run: (given, wanted) => runner.run(runner.planned(Object.keys(given) as TensorName[], wanted), given, wanted),
    forward,
    decode,
    relevances: relate,
    complete,
    intervene: (own, interventions) => intervene(context, own, interventions, hasDecoder),
    predict,
    close: async () => {
      await Promise.all(Object.values(sessions).map((session) => session.close()));
    },
  };
}
