import { unfamiliarWarning } from '../../core/artefacts/familiarity/warning.ts';
import { type ArtefactName, artefactsOf } from '../../core/artefacts/index.ts';
import { outsideClause } from '../../core/attributions/answers/words.ts';
import { attributions } from '../../core/attributions/index.ts';
import { isBlackBox } from '../../core/black-box/schema.ts';
import type { Prediction } from '../../core/predictor.ts';
import { movedTo, repeated } from '../../core/reasons/moved.ts';
import { canTurn } from '../../core/reasons/turning-point.ts';
import { imageAt } from '../../core/tensor.ts';
import type { Model } from '../index.ts';
import { askOutside } from './answer/ask-outside.ts';
import { createOutsideView } from './answer/outside-view.ts';
import { createPredictionView } from './answer/prediction-view.ts';
import { createRebuiltView } from './answer/rebuilt-view.ts';
import { createTurnView } from './answer/turn-view.ts';
import { createWish } from './answer/wish.ts';
import { createCompareButton } from './compare-button.ts';
import { byId, element } from './dom.ts';
import { compareFor, createExplanationView } from './explanation/explanation-view.ts';
import type { Submission, View } from './inputs/submission.ts';
import { createLatest } from './latest.ts';
import { describe, type Shown } from './shown.ts';

/** Milliseconds that strokes are gathered for before a prediction. */
const GATHER_MS = 8;
/** What is computed for each input, as far as the model has it. */
const SHOWN: readonly ArtefactName[] = ['traversals', 'familiarity'];

/** What is run, one after the other. */
type Work =
  | { readonly kind: 'predict'; readonly submission: Submission; readonly epoch: number; readonly number: number }
  | { readonly kind: 'turn' | 'outside'; readonly current: object }
  | { readonly kind: 'move'; readonly of: Shown; readonly values: readonly number[] }
  | { readonly kind: 'wish'; readonly of: Shown; readonly index: number };

type WorkOf<Kind extends Work['kind']> = Work & { readonly kind: Kind };

/** Everything on the page that belongs to one loaded model. */
export interface Workbench {
  /** Predicts and shows; while one prediction runs, only the newest submission waits. */
  submit(submission: Submission): void;
  /** What is shown, as something to submit again. */
  state(): Submission | undefined;
  clear(): void;
  close(): Promise<void>;
}

export interface WorkbenchEvents {
  report(error: unknown): void;
  /** Something is shown: an input with what its concepts are set to, or nothing. */
  shows(state: Submission | undefined): void;
}

export function createWorkbench(predictor: Model, { report, shows }: WorkbenchEvents): Workbench {
  const { manifest } = predictor;
  const explain = artefactsOf(manifest).filter((name) => SHOWN.includes(name));
  /** What is sought once an answer is shown. */
  const further = isBlackBox(manifest) ? 'outside' : 'turn';
  const listeners = new AbortController();
  const contrastChoice = byId('contrast', 'select');
  const unfamiliar = byId('unfamiliar', 'span');
  const putBack = byId('put-back', 'button');
  const result = byId('result', 'script');
  let shown: Shown | undefined;
  let selected = 0;
  let contrast: number | undefined;
  /** The concepts as they were set last, of a prediction: more than one may move before the first is shown. */
  let wanted: { readonly of: Prediction; readonly values: readonly number[] } | undefined;
  let epoch = 0;
  /** How many submissions there were, and which of them was the last to be predicted. */
  const submissions = { last: 0, done: 0 };
  const isPending = (): boolean => submissions.done !== submissions.last;
  /** What is shown now: a new one each time, so that what was asked for something else is told from it. */
  let current: object = {};

  /** What would tip the decision, or what became of it; only the first takes time, and comes later. */
  const showTurn = (): void => {
    const picture = shown?.moved?.picture;
    if (shown !== undefined && picture !== undefined) turnView.showMoved(shown, picture);
    else turnView.show(shown, undefined);
    outsideView.show(shown, undefined);
    if (shown !== undefined && shown.moved === undefined && !isPending()) runLatest({ kind: further, current });
  };
  const render = (): void => {
    if (contrast === selected) contrast = undefined;
    predictionView.show(shown?.prediction, selected);
    const warning = unfamiliarWarning(manifest, shown?.base.familiarity);
    if (unfamiliar.textContent !== (warning ?? '')) unfamiliar.textContent = warning ?? '';
    unfamiliar.hidden = warning === undefined;
    explanationView.show(shown, selected, contrast);
    rebuiltView.show(shown?.base);
    current = {};
    showTurn();
    wish.show(shown?.base.index, shown?.moved?.found);
    putBack.disabled = shown?.moved === undefined;
    contrastChoice.disabled = shown === undefined;
    contrastChoice.value = contrast === undefined ? '' : String(contrast);
    for (const option of contrastChoice.options) option.disabled = option.value === String(selected);
    compareButton.show(shown);
    result.textContent = describe(predictor, shown);
  };
  const stateOf = (): Submission | undefined => {
    if (shown === undefined) return undefined;
    const { source, name, input, moved } = shown;
    return { source, name, input, view: { values: moved?.values, selected, contrast } };
  };
  const update = (next: Shown | undefined, { selected: chosen, contrast: other }: View = {}): void => {
    shown = next;
    selected = chosen ?? next?.base.index ?? 0;
    if (other !== undefined) contrast = other;
    render();
    shows(stateOf());
  };
  /** Shows concepts as they are set; `undefined` as they are. */
  const showMoved = (of: Shown, moved: Shown['moved']): void => {
    const { moved: _, ...rest } = of;
    shown = moved === undefined ? { ...rest, prediction: of.base } : { ...rest, prediction: moved.prediction, moved };
    render();
    shows(stateOf());
  };

  const predictionView = createPredictionView(manifest.classes, (index) => {
    selected = index;
    render();
  });
  const explanationView = createExplanationView(manifest, (concept, value) => {
    if (shown === undefined || isPending()) return;
    const values = [...(wanted?.of === shown.base ? wanted.values : shown.prediction.concepts)];
    values[concept] = Math.fround(value);
    wanted = { of: shown.base, values };
    const isOwn = shown.base.concepts.every((own, k) => own === values[k]);
    if (isOwn) return back();
    runLatest({ kind: 'move', of: shown, values });
  });
  const back = (): void => {
    wanted = undefined;
    if (shown !== undefined) showMoved(shown, undefined);
  };
  const turnView = createTurnView(manifest);
  const outsideView = createOutsideView(manifest, () => render(), listeners);
  const rebuiltView = createRebuiltView(manifest);
  const compareButton = createCompareButton(predictor, listeners.signal);
  const wish = createWish(
    manifest,
    (index) => {
      if (shown !== undefined && !isPending()) runLatest({ kind: 'wish', of: shown, index });
    },
    listeners.signal,
  );
  putBack.addEventListener('click', back, listeners);
  contrastChoice.replaceChildren(
    element('option', { value: '' }, 'the next best'),
    ...manifest.classes.map((name, index) => element('option', { value: index }, name)),
  );
  contrastChoice.addEventListener(
    'change',
    () => {
      contrast = contrastChoice.value === '' ? undefined : Number(contrastChoice.value);
      render();
    },
    listeners,
  );

  /** What each kind of work does. What was asked of something that is no longer shown is dropped. */
  const doing: { readonly [Kind in Work['kind']]: (work: WorkOf<Kind>) => Promise<void> } = {
    predict: async ({ epoch: started, number, submission }) => {
      submissions.done = number;
      if (started !== epoch) return;
      const [prediction] = await predictor.predict(submission.input, { explain });
      if (prediction === undefined || started !== epoch) return;
      const { view, ...given } = submission;
      const values = view?.values;
      const { input } = given;
      const moved = values && { ...(await movedTo(predictor, prediction, imageAt(input, 0), values)), values };
      if (started !== epoch) return;
      wanted = values && { of: prediction, values };
      update(
        { ...given, base: prediction, prediction: moved?.prediction ?? prediction, ...(moved && { moved }) },
        view,
      );
    },
    /** Of a class that is not predicted there is no decision to tip. */
    turn: async ({ current: asked }) => {
      if (shown === undefined || asked !== current || !canTurn(manifest)) return;
      const { base, input } = shown;
      const { ahead, behind } = compareFor(base, selected, contrast);
      if (ahead !== base.index) return;
      const turn = await predictor.turningPoint(base, imageAt(input, 0), behind);
      if (shown !== undefined && asked === current) turnView.show(shown, turn);
    },
    /** Asks a black box about changed inputs, for the class that is chosen. */
    outside: async ({ current: asked }) => {
      if (shown === undefined || asked !== current) return;
      const [explained, name] = [shown, outsideView.name()];
      const isWanted = (): boolean => asked === current && !isPending();
      const most = attributions[name].queries(manifest);
      const onRows = (done: number): void => outsideView.progress(done, most);
      const answer = await askOutside(predictor, { input: explained.input, index: selected, name, isWanted, onRows });
      if (answer === undefined) return;
      outsideView.show(explained, answer);
      const outside = outsideClause(manifest.input, explained.input.data, name, answer);
      explanationView.show({ ...explained, outside }, selected, contrast);
      result.textContent = describe(predictor, { ...explained, attributions: { [name]: answer } });
    },
    move: async ({ of, values }) => {
      const moved = await movedTo(predictor, of.base, imageAt(of.input, 0), values);
      if (shown?.base === of.base && wanted?.of === of.base) showMoved(shown, { ...moved, values });
    },
    wish: async ({ of: { base, input }, index }) => {
      const asked = { explain: ['counterfactual'], contrast: manifest.classes[index] } as const;
      const [answer] = await predictor.complete({ ...repeated(base, 1), input }, asked);
      const found = answer?.counterfactual;
      if (found === undefined) return;
      const values = found.concepts.map(Math.fround);
      const moved = await movedTo(predictor, base, imageAt(input, 0), values);
      if (shown?.base !== base) return;
      wanted = { of: base, values };
      [selected, contrast] = [base.index, index];
      showMoved(shown, { ...moved, values, found });
    },
  };
  const isOfNow = (work: Work): boolean => {
    if (work.kind === 'predict') return work.epoch === epoch;
    return 'current' in work ? work.current === current : work.of.base === shown?.base;
  };
  // one at a time, since a session runs one at a time: an answer first, and what would tip it while nothing else waits
  const runLatest = createLatest<Work>(
    async (work) => {
      try {
        await (doing[work.kind] as (work: Work) => Promise<void>)(work);
      } catch (error) {
        if (isOfNow(work)) report(error);
      }
    },
    ({ kind }) => (kind === 'predict' ? GATHER_MS : 0),
  );

  render();
  return {
    submit(submission) {
      submissions.last += 1;
      runLatest({ kind: 'predict', submission, epoch, number: submissions.last });
    },
    state: stateOf,
    clear() {
      epoch += 1;
      update(undefined);
    },
    async close() {
      epoch += 1;
      listeners.abort();
      shown = undefined;
      render();
      await predictor.close();
    },
  };
}
