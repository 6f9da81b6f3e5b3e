import { isBlackBox } from '../../core/black-box/schema.ts';
import { SennError } from '../../core/errors.ts';
import { type Golden, goldenTensorOf } from '../../core/golden.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import { type LoadProgress, loadGolden, loadModel, loadRuntime, type Model } from '../index.ts';
import { byId, element } from './dom.ts';
import { createDrawingPanel } from './inputs/drawing-panel.ts';
import { createFormPanel } from './inputs/form-panel.ts';
import type { InputPanel, Outlet, Submission } from './inputs/submission.ts';
import { keepForOffline } from './offline/offline.ts';
import { type ListedModel, listModels, modelFolder } from './server.ts';
import { createHistory } from './share/history.ts';
import { sharedOf } from './share/link.ts';
import { createShare } from './share/share.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

/** The page's entry: finds the models, opens the one that is chosen, and shows what it makes of the input. */

/** The runtime's WebAssembly, which lies beside the page's script once it is built. */
const wasmUrl = new URL('../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm', import.meta.url);

type Kind = Manifest['input']['kind'];

interface OpenModel {
  readonly listed: ListedModel;
  readonly manifest: Manifest;
  readonly workbench: Workbench;
  /** What the status line says while all is well. */
  readonly summary: string;
}

/** A model that is there, but not shown yet. */
interface LoadedModel {
  readonly predictor: Model;
  /** `[N, …]`, real inputs, where they could be had. */
  readonly examples: Tensor | undefined;
  /** Why they could not. */
  readonly problem?: unknown;
}

const choice = byId('model', 'select');
const status = byId('status', 'p');
const bar = byId('progress', 'progress');
let open: OpenModel | undefined;
let loading: AbortController | undefined;

function setStatus(state: 'loading' | 'ready' | 'error', text: string): void {
  status.dataset['state'] = state;
  status.textContent = text;
  bar.hidden = state !== 'loading';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function report(error: unknown): void {
  setStatus('error', messageOf(error));
}

/** One bar for all bytes of the model and its runtime; how many those are is known once every file has begun to come. */
function showProgress({ loaded, total }: LoadProgress): void {
  if (total === undefined) bar.removeAttribute('value');
  else bar.value = total === 0 ? 1 : loaded / total;
}

const outlet: Outlet = {
  submit: (submission) => {
    if (open === undefined) return;
    if (loading === undefined) setStatus('ready', open.summary);
    open.workbench.submit(submission);
  },
  withdraw: () => open?.workbench.clear(),
  report,
};
const panels = { image: createDrawingPanel(outlet), tabular: createFormPanel(outlet) } satisfies Record<
  Kind,
  InputPanel
>;

const isSame = (one: Submission | undefined, other: Submission | undefined): boolean =>
  one?.input === other?.input && one?.view?.values?.join() === other?.view?.values?.join();
const steps = createHistory<Submission | undefined>((state) => {
  if (open !== undefined) panels[open.listed.input.kind].restore(state);
}, isSame);
createShare(() => {
  const state = open?.workbench.state();
  return open && state && { manifest: open.manifest, state };
}, report);

/** What the address shows, once: afterwards the page is its own. @throws invalid_request */
async function takeShared(manifest: Manifest): Promise<Submission | undefined> {
  const fragment = location.hash.slice(1);
  if (fragment === '') return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  const shared = await sharedOf(manifest, fragment);
  if (shared === undefined) return undefined;
  const { input, ...view } = shared;
  return { source: 'link', name: 'link', input, view };
}

window.addEventListener('hashchange', async () => {
  if (open === undefined) return; // the model that is on its way takes it
  const { manifest, listed } = open;
  try {
    const shared = await takeShared(manifest);
    if (shared !== undefined && open?.manifest === manifest) panels[listed.input.kind].restore(shared);
  } catch (error) {
    report(error);
  }
});

/**
 * Shows what of the page is for such a model: parts for its kind of input (`data-kind`), and for models with an artefact
 * (`data-with`) or without it (`data-without`); a black box is without `concepts`.
 */
function showParts({ input, artefacts }: ListedModel): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-kind], [data-with], [data-without]')) {
    const { kind, with: needed, without } = part.dataset;
    const lacks = needed !== undefined && !artefacts.includes(needed);
    const isOther = kind !== undefined && kind !== input.kind;
    part.hidden = isOther || lacks || (without !== undefined && artefacts.includes(without));
  }
}

/** Real inputs of a golden file; that of a black box holds random ones, which as images are noise. */
const examplesIn = (golden: Golden, { kind, input }: Manifest): Tensor | undefined =>
  isBlackBox({ kind }) && input.kind === 'image' ? undefined : goldenTensorOf(golden, 'input');

/** Downloads a model with the real inputs of its golden file; without these where they cannot be had. */
async function load({ name }: ListedModel, signal: AbortSignal): Promise<LoadedModel> {
  const folder = modelFolder(name);
  const predictor = await loadModel(folder, { signal, wasmUrl, onProgress: showProgress });
  try {
    const golden = await loadGolden(folder, predictor.manifest, { signal });
    return { predictor, examples: examplesIn(golden, predictor.manifest) };
  } catch (problem) {
    if (!signal.aborted) return { predictor, examples: undefined, problem };
    await predictor.close();
    throw problem;
  }
}

/** Puts a loaded model in the place of the one that is shown, which keeps what was given to the page. */
async function show(listed: ListedModel, { predictor, examples, problem }: LoadedModel): Promise<void> {
  const { manifest, executionProvider } = predictor;
  let failure = problem;
  const previous = open?.workbench.close();
  showParts(listed);
  const what = isBlackBox(manifest) ? 'a black box' : `${manifest.concepts.length} concepts`;
  const summary = `Ready · ${what} · runs in this browser (${executionProvider})`;
  const shared = await takeShared(manifest).catch((error: unknown) => {
    failure ??= error;
    return undefined;
  });
  steps.clear();
  open = { listed, manifest, workbench: createWorkbench(predictor, { report, shows: steps.record }), summary };
  setStatus('ready', summary);
  panels[listed.input.kind].open(manifest, examples, shared);
  if (failure !== undefined) report(failure);
  await previous;
}

/** Loads a model and shows it. Until it is there, and where it cannot be had, the one that is shown stays in use. */
async function openModel(listed: ListedModel): Promise<void> {
  loading?.abort();
  const started = new AbortController();
  loading = started;
  choice.value = listed.name;
  setStatus('loading', `Loading ${listed.name}…`);
  bar.removeAttribute('value');
  if (open === undefined) showParts(listed);
  try {
    const loaded = await load(listed, started.signal);
    try {
      started.signal.throwIfAborted();
      panels[listed.input.kind].check(loaded.predictor.manifest);
    } catch (error) {
      await loaded.predictor.close();
      throw error;
    }
    loading = undefined;
    await show(listed, loaded);
  } catch (error) {
    if (started.signal.aborted) return;
    loading = undefined;
    choice.value = open?.listed.name ?? '';
    setStatus('error', `${messageOf(error)}${open === undefined ? '' : ` (${open.listed.name} is still here)`}`);
  }
}

/** Opens the model that was chosen, and has the page's address say so. */
function choose(listed: ListedModel): Promise<void> {
  const address = new URL(location.href);
  address.searchParams.set('model', listed.name);
  history.replaceState(null, '', address);
  return openModel(listed);
}

async function start(): Promise<void> {
  loadRuntime({ wasmUrl }).catch(() => {}); // whatever the model, and at once; the model that waits for it tells of a failure
  try {
    const models = await listModels();
    const [first] = models;
    if (first === undefined) throw new SennError('unknown_model', 'the server has no model');
    choice.replaceChildren(...models.map(({ name }) => element('option', { value: name }, name)));
    choice.value = '';
    choice.disabled = false;
    choice.addEventListener('change', () => choose(modelNamed(choice.value, models)));
    const asked = new URLSearchParams(location.search).get('model');
    await openModel(asked === null ? first : modelNamed(asked, models));
    keepForOffline(models);
  } catch (error) {
    report(error);
  }
}

/** @throws unknown_model */
function modelNamed(name: string, models: readonly ListedModel[]): ListedModel {
  const found = models.find((model) => model.name === name);
  if (found !== undefined) return found;
  const names = models.map((model) => model.name);
  throw new SennError(
    'unknown_model',
    `no model "${name}" here; choose ${names.join(', ')}${didYouMean(name, names)}`,
    { choices: names },
  );
}

await start();
