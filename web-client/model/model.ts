/// <reference lib="esnext.disposable" preserve="true" />
import type { Counterfactual } from '../../core/artefacts/counterfactual/counterfactual.ts';
import { SennError } from '../../core/errors.ts';
import type { TensorName } from '../../core/graphs.ts';
import type { Invert } from '../../core/images/prepare.ts';
import type { NamedTensors, Prediction, PredictOptions, Predictor, Traversal } from '../../core/predictor.ts';
import type { TurningPoint } from '../../core/reasons/turning-point.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { ClassView } from '../../core/views/class-view.ts';
import { type ModelInput, sentInput } from './model-input.ts';
import type { OperationArgs, OperationName, Operations } from './operations.ts';

/** A loaded model as a page uses it, whichever thread it runs on. */

export interface ModelOptions extends PredictOptions {
  /** Of an image: whether to swap dark and light. Default `auto`: where its border says so. */
  readonly invert?: Invert;
}

type OneInputOptions = Pick<ModelOptions, 'invert' | 'concepts'>;

export interface Model extends Predictor, AsyncDisposable, Disposable {
  /** Where it runs: in a worker, or on the page's own thread. */
  readonly thread: 'worker' | 'main';
  /**
   * @param input a canvas, an image element, pixels, an image file, features by their names, or a tensor `[N, …]`
   * @throws unsupported_input | invalid_image | image_too_large | invalid_features | shape_mismatch | inference_failed |
   *   unavailable where the model is closed, or its worker died
   */
  predict(input: ModelInput, options?: ModelOptions): Promise<Prediction[]>;
  /** What one input looks like while one concept moves. @returns `[K]`, none of a model without a decoder */
  traverse(input: ModelInput, options?: OneInputOptions & Pick<ModelOptions, 'steps'>): Promise<readonly Traversal[]>;
  /**
   * The smallest change of the concepts that makes one input another class.
   * @param contrast the class, by its label
   * @returns `undefined` where the model has no such class
   */
  counterfactual(input: ModelInput, contrast: string, options?: OneInputOptions): Promise<Counterfactual | undefined>;
  /**
   * What would tip a decision, as a picture that the model reads so.
   * @param prediction of the input
   * @param input `[C, H, W]` in [0, 1], what was predicted
   * @param contrast index of the class to set beside the predicted one; the runner-up when absent
   */
  turningPoint(
    prediction: Pick<Prediction, 'index' | 'concepts' | 'relevances' | 'contributions' | 'logits'>,
    input: Tensor,
    contrast?: number,
  ): Promise<TurningPoint | undefined>;
  /** What makes each class, over the training inputs. @throws not_found where the model keeps no profiles of classes */
  classes(): Promise<ClassView[]>;
}

/** A model that runs somewhere. */
export interface RunningModel
  extends Pick<Predictor, 'manifest' | 'executionProvider' | 'close'>,
    Pick<Model, 'thread'> {
  ask<Name extends OperationName>(
    name: Name,
    ...args: OperationArgs<Name>
  ): Promise<Awaited<ReturnType<Operations[Name]>>>;
}

/** Old browsers lack the symbols that `using` looks for, and nobody can write `using` there. */
const disposeSymbols = {
  sync: Symbol.dispose ?? Symbol.for('Symbol.dispose'),
  async: Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'),
} as { readonly sync: typeof Symbol.dispose; readonly async: typeof Symbol.asyncDispose };

/** The model that a page gets. After `close` it answers no more, and a second `close` waits for the first. */
export function createModel(running: RunningModel): Model {
  const { manifest, executionProvider, thread } = running;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= running.close();
    return closing;
  };
  const ask: RunningModel['ask'] = (name, ...args) =>
    closing === undefined
      ? running.ask(name, ...args)
      : Promise.reject(new SennError('unavailable', `model "${manifest.name}" is closed`));
  const sent = (input: ModelInput, invert?: Invert) => sentInput(input, manifest.input, invert);
  return {
    manifest,
    executionProvider,
    thread,
    run: async <Name extends TensorName>(
      given: Readonly<Partial<Record<TensorName, Tensor>>>,
      wanted: readonly Name[],
    ): Promise<NamedTensors<Name>> => ask('run', given, wanted),
    forward: (...args) => ask('forward', ...args),
    decode: (...args) => ask('decode', ...args),
    relevances: (...args) => ask('relevances', ...args),
    intervene: (...args) => ask('intervene', ...args),
    complete: (...args) => ask('complete', ...args),
    predict: async (input, options = {}) => ask('predict', sent(input, options.invert), options),
    traverse: async (input, options = {}) => ask('traverse', sent(input, options.invert), options),
    counterfactual: async (input, contrast, options = {}) =>
      ask('counterfactual', sent(input, options.invert), contrast, options),
    // what it reads of a prediction, without the pictures that go with it
    turningPoint: ({ index, concepts, relevances, contributions, logits }, ...rest) =>
      ask('turningPoint', { index, concepts, relevances, contributions, logits }, ...rest),
    classes: () => ask('classes'),
    close,
    [disposeSymbols.sync]: () => {
      close();
    },
    [disposeSymbols.async]: close,
  };
}
