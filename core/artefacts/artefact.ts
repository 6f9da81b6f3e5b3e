import type { z } from 'zod';
import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';
import type { Explanation } from './explanation.ts';

/**
 * The contract of an artefact: a part of an explanation. Schema, OpenAPI, messages to the inference threads, answers and
 * figures come from the table of them (index.ts), so a new one is a file with a row.
 */

/** What of the explanation is asked for, besides its artefacts by name. */
export interface ArtefactOptions {
  /** Steps of a traversal. */
  readonly steps: number;
  /** A class by its label, to set beside the predicted one. */
  readonly contrast?: string | undefined;
  /** Images of an answer on one contact sheet instead of one file each. */
  readonly sheet: boolean;
}

/** What the answer of one input is made from. */
export interface AnswerContext {
  readonly manifest: Manifest;
  readonly options: Pick<ArtefactOptions, 'sheet'>;
  /** The contents of the model's static artefacts, by name, as far as they are at hand. */
  readonly statics: Statics;
  /** An image `[C, H, W]` in [0, 1] as a `data:` URI of a PNG. */
  readonly encodeImage: (image: Tensor) => string;
}

/** Static artefacts at hand: `[K, P, …]` in the units of `input`, by the artefact's name. */
export type Statics = Readonly<Partial<Record<string, Tensor>>>;

/** What an artefact that is computed for each input has to compute with. */
export interface ComputeContext {
  readonly manifest: Manifest;
  readonly options: Pick<ArtefactOptions, 'steps' | 'contrast'>;
  /** `[N, …]` in the model's units: what is explained, where it is at hand. */
  readonly input?: Tensor | undefined;
  /** The contents of the model's static artefacts, as far as they are at hand. */
  readonly statics: Statics;
  /** `[M, K]` concepts → `[M, …]` in the units of `input` */
  decode(concepts: Tensor): Promise<Tensor>;
  /** `[M, …]` inputs → h and θ */
  forward(input: Tensor): Promise<{ readonly concepts: Tensor; readonly relevances: Tensor }>;
  /** `[M, K]` concepts → `[M, K, C]`, where θ follows the concepts. @throws unsupported_input where it reads the input */
  relevances(concepts: Tensor): Promise<Tensor>;
}

/** The part of an artefact that is computed for each input, beyond h, θ and their products. */
export interface Computed<Value> {
  /** What a prediction holds where nobody asked for it. */
  readonly none: Value;
  /** The options that it depends on: inputs for which they are equal are computed together. */
  readonly reads: readonly ('steps' | 'contrast')[];
  /** Runs of the decoder that one input takes; it keeps batches short. */
  decodes(manifest: Manifest, options: Pick<ArtefactOptions, 'steps'>): number;
  /** For a batch, together. @returns `[N]` */
  compute(context: ComputeContext, explanations: readonly Explanation[]): Promise<Value[]>;
}

/** The part of an artefact that is the same for every input, and lies in a file of the model's folder. */
export interface StaticFile {
  /** Name of the file, by the kind of the model's inputs. */
  readonly names: Readonly<Record<Manifest['input']['kind'], string>>;
  /** How many inputs the file holds of each concept: `[K]`. */
  counts(model: Pick<Manifest, 'concepts'>): number[];
  /** Where those are training inputs: their indices, `[K][P]`. Whoever has the training set makes the file by them. */
  trainingInputs?(model: Pick<Manifest, 'concepts'>): readonly (readonly number[])[];
}

/** What of a manifest says what the model can show. */
export type Described = Pick<Manifest, 'graphs' | 'files' | 'familiarity'>;

export interface Artefact<Fields extends z.ZodRawShape = z.ZodRawShape, Value = unknown> {
  /** One sentence for the API's documentation. */
  readonly description: string;
  /** Whether an answer holds it where the request does not say what to explain with. */
  readonly byDefault: boolean;
  /** What a model must have to show it, for messages: "a decoder". */
  readonly needs: string;
  /** Whether the model has what it needs. */
  isPossible(model: Described): boolean;
  /** Options without which it means nothing. */
  readonly requires?: readonly 'contrast'[];
  /** Its keys in the answer of `/predict`, all optional. */
  readonly fields: Fields;
  /** Sets its keys in an answer. @param value what was computed, where it is computed */
  write(
    answer: Partial<z.infer<z.ZodObject<Fields>>>,
    explanation: Explanation,
    value: Value,
    context: AnswerContext,
  ): void;
  readonly computed?: Computed<Value>;
  readonly file?: StaticFile;
}
