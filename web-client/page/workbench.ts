import { unfamiliarWarning } from '../../core/artefacts/familiarity/warning.ts';
import { type ArtefactName, artefactsOf } from '../../core/artefacts/index.ts';
import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import { outsideClause } from '../../core/attributions/answers/words.ts';
import { attributions } from '../../core/attributions/index.ts';
import { isBlackBox } from '../../core/black-box/schema.ts';
import type { Prediction, Predictor } from '../../core/predictor.ts';
import { canTurn, turningPoint } from '../../core/reasons/turning-point.ts';
import { imageAt } from '../../core/tensor.ts';
import { askOutside } from './ask-outside.ts';
import { byId, element } from './dom.ts';
import { compareFor, createExplanationView } from './explanation/explanation-view.ts';
import type { Submission } from './inputs/submission.ts';
import { createLatest } from './latest.ts';
import { createOutsideView } from './outside-view.ts';
import { createPredictionView } from './prediction-view.ts';
import { compareWithServer } from './server.ts';
import { createTurnView } from './turn-view.ts';

/** Milliseconds that strokes are gathered for before a prediction. */
const GATHER_MS = 30;
/** What is computed for each input, as far as the model has it. */
const SHOWN: readonly ArtefactName[] = ['traversals', 'familiarity'];
/** Largest difference from the server's numbers that counts as the same. */
const SAME = 1e-4;

interface Shown extends Submission {
  readonly prediction: Prediction;
  /** Of a black box, once they are found. */
  readonly attributions?: AttributionAnswers;
}

/** What is run, one after the other. */
type Work =
  | { readonly kind: 'predict'; readonly submission: Submission; readonly epoch: number; readonly number: number }
  | { readonly kind: 'turn'; readonly current: object }
  | { readonly kind: 'outside'; readonly current: object };

/** Everything on the page that belongs to one loaded model. */
export interface Workbench {
  /** Predicts and shows; while one prediction runs, only the newest submission waits. */
  submit(submission: Submission): void;
  clear(): void;
  close(): Promise<void>;
}

/** The state as data, for tests and for whoever opens the developer tools. */
function describe({ manifest, executionProvider }: Predictor, shown: Shown | undefined): string {
  if (shown === undefined) return 'null';
  const { source, name, input, prediction, attributions } = shown;
  const traversals = prediction.traversals.map(({ concept, values }) => ({ concept, values }));
  return JSON.stringify({
    model: manifest.name,
    version: manifest.version,
    executionProvider,
    source,
    name,
    input: Array.from(input.data),
    prediction: { ...prediction, traversals },
    attributions,
  });
}

export function createWorkbench(predictor: Predictor, report: (error: unknown) => void): Workbench {
  const { manifest } = predictor;
  const explain = artefactsOf(manifest).filter((name) => SHOWN.includes(name));
  /** What is sought once an answer is shown. */
  const further = isBlackBox(manifest) ? 'outside' : 'turn';
  const listeners = new AbortController();
  const contrastChoice = byId('contrast', 'select');
  const compare = byId('compare', 'button');
  const difference = byId('difference', 'p');
  const unfamiliar = byId('unfamiliar', 'span');
  const result = byId('result', 'script');
  let shown: Shown | undefined;
  let selected = 0;
  let contrast: number | undefined;
  let epoch = 0;
  /** How many submissions there were, and which of them was the last to be predicted. */
  const submissions = { last: 0, done: 0 };
  /** What is shown now: a new one each time, so that what was asked for something else is told from it. */
  let current: object = {};

  const render = (): void => {
    if (contrast === selected) contrast = undefined;
    predictionView.show(shown?.prediction, selected);
    const warning = unfamiliarWarning(manifest, shown?.prediction.familiarity);
    if (unfamiliar.textContent !== (warning ?? '')) unfamiliar.textContent = warning ?? '';
    unfamiliar.hidden = warning === undefined;
    explanationView.show(shown, selected, contrast);
    current = {};
    turnView.show(shown, undefined);
    outsideView.show(shown, undefined);
    if (shown !== undefined && submissions.done === submissions.last) runLatest({ kind: further, current });
    contrastChoice.disabled = shown === undefined;
    contrastChoice.value = contrast === undefined ? '' : String(contrast);
    for (const option of contrastChoice.options) option.disabled = option.value === String(selected);
    compare.disabled = shown === undefined;
    result.textContent = describe(predictor, shown);
  };
  const update = (next: Shown | undefined): void => {
    shown = next;
    selected = next?.prediction.index ?? 0;
    difference.textContent = '';
    delete difference.dataset['difference'];
    render();
  };

  const predictionView = createPredictionView(manifest.classes, (index) => {
    selected = index;
    render();
  });
  const explanationView = createExplanationView(manifest);
  const turnView = createTurnView(manifest);
  const outsideView = createOutsideView(manifest, () => render(), listeners);
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
  compare.addEventListener(
    'click',
    async () => {
      const asked = shown;
      if (asked === undefined) return;
      difference.textContent = 'Asking the server…';
      try {
        const answer = await compareWithServer(manifest, asked.input, asked.prediction);
        if (shown !== asked) return;
        const distance = answer.maxAbsoluteDifference;
        const verdict = distance <= SAME ? 'Same numbers' : 'Not the same';
        difference.dataset['difference'] = String(distance);
        difference.textContent = `${verdict}: ${answer.count} compared, largest difference ${distance.toExponential(1)} (server: ${answer.executionProvider}, here: ${predictor.executionProvider})`;
      } catch (error) {
        if (shown === asked) difference.textContent = `No comparison: ${(error as Error).message}`;
      }
    },
    listeners,
  );

  /** Seeks what would tip the decision that is shown; of a class that is not predicted there is no decision to tip. */
  const findTurn = async (asked: object): Promise<void> => {
    if (shown === undefined || asked !== current || !canTurn(manifest)) return;
    const { prediction, input } = shown;
    const { ahead, behind } = compareFor(prediction, selected, contrast);
    if (ahead !== prediction.index) return;
    try {
      const turn = await turningPoint(predictor, prediction, imageAt(input, 0), behind);
      if (asked === current) turnView.show(shown, turn);
    } catch (error) {
      if (asked === current) report(error);
    }
  };

  /** Asks a black box about changed inputs, for the class that is chosen. */
  const findOutside = async (asked: object): Promise<void> => {
    if (shown === undefined || asked !== current) return;
    const [explained, name] = [shown, outsideView.name()];
    const isWanted = (): boolean => asked === current && submissions.done === submissions.last;
    const most = attributions[name].queries(manifest);
    const onRows = (done: number): void => outsideView.progress(done, most);
    try {
      const answer = await askOutside(predictor, { input: shown.input, index: selected, name, isWanted, onRows });
      if (answer === undefined) return;
      outsideView.show(explained, answer);
      const outside = outsideClause(manifest.input, explained.input.data, name, answer);
      explanationView.show({ ...explained, outside }, selected, contrast);
      result.textContent = describe(predictor, { ...explained, attributions: { [name]: answer } });
    } catch (error) {
      if (asked === current) report(error);
    }
  };

  // one at a time, since a session runs one at a time: an answer first, and what would tip it while nothing else waits
  const runLatest = createLatest<Work>(async (work) => {
    if (work.kind === 'turn') return findTurn(work.current);
    if (work.kind === 'outside') return findOutside(work.current);
    const { epoch: started, number, submission } = work;
    submissions.done = number;
    if (started !== epoch) return;
    try {
      const [prediction] = await predictor.predict(submission.input, { explain });
      if (prediction !== undefined && started === epoch) update({ ...submission, prediction });
    } catch (error) {
      if (started === epoch) report(error);
    }
  }, GATHER_MS);

  render();
  return {
    submit(submission) {
      submissions.last += 1;
      runLatest({ kind: 'predict', submission, epoch, number: submissions.last });
    },
    clear() {
      epoch += 1;
      update(undefined);
    },
    async close() {
      epoch += 1;
      listeners.abort();
      update(undefined);
      await predictor.close();
    },
  };
}
