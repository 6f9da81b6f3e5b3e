import { SennError } from '../../core/errors.ts';
import { goldenTensorOf } from '../../core/golden.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Predictor } from '../../core/predictor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { loadGolden, loadModel } from '../index.ts';
import { byId, element } from './dom.ts';
import { createDrawingPanel } from './inputs/drawing-panel.ts';
import { createFormPanel } from './inputs/form-panel.ts';
import type { InputPanel, Outlet } from './inputs/submission.ts';
import { type ListedModel, listModels, modelFolder } from './server.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

/** The page's entry: finds the models, opens the one that is chosen, and shows what it makes of the input. */

type Kind = Manifest['input']['kind'];

interface OpenModel {
  readonly workbench: Workbench;
  /** What the status line says while all is well. */
  readonly summary: string;
}

const choice = byId('model', 'select');
const status = byId('status', 'p');
let open: OpenModel | undefined;
let loading = new AbortController();

function setStatus(state: 'loading' | 'ready' | 'error', text: string): void {
  status.dataset['state'] = state;
  status.textContent = text;
}

function report(error: unknown): void {
  setStatus('error', error instanceof Error ? error.message : String(error));
}

const outlet: Outlet = {
  submit: (submission) => {
    if (open === undefined) return;
    setStatus('ready', open.summary);
    open.workbench.submit(submission);
  },
  withdraw: () => open?.workbench.clear(),
  report,
};
const panels = { image: createDrawingPanel(outlet), tabular: createFormPanel(outlet) } satisfies Record<
  Kind,
  InputPanel
>;

/**
 * Shows what of the page is for such a model: parts for its kind of input (`data-kind`), and among them those for models
 * with an artefact (`data-with`) or without it (`data-without`).
 */
function showParts({ input, artefacts }: ListedModel): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-kind]')) {
    const { kind, with: needed, without } = part.dataset;
    const lacks = needed !== undefined && !artefacts.includes(needed);
    part.hidden = kind !== input.kind || lacks || (without !== undefined && artefacts.includes(without));
  }
}

async function openWith(predictor: Predictor, signal: AbortSignal): Promise<OpenModel> {
  const { manifest, executionProvider } = predictor;
  try {
    signal.throwIfAborted();
    const summary = `Ready · ${manifest.concepts.length} concepts · runs in this browser (${executionProvider})`;
    return { workbench: createWorkbench(predictor, report), summary };
  } catch (error) {
    await predictor.close();
    throw error;
  }
}

/** Opens the panel with the real inputs of the model's golden file, or without any where it cannot be had. */
async function openPanel(panel: InputPanel, folder: URL, manifest: Manifest, signal: AbortSignal): Promise<void> {
  let examples: Tensor | undefined;
  try {
    examples = goldenTensorOf(await loadGolden(folder, manifest, { signal }), 'input');
  } finally {
    if (!signal.aborted) panel.open(manifest, examples);
  }
}

async function openModel(listed: ListedModel): Promise<void> {
  const { name, input } = listed;
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  for (const panel of Object.values(panels)) panel.close();
  const previous = open;
  open = undefined;
  showParts(listed);
  try {
    setStatus('loading', `Loading ${name}…`);
    await previous?.workbench.close();
    const folder = modelFolder(name);
    const onProgress = ({ loaded }: { loaded: number }): void => {
      setStatus('loading', `Loading ${name}… ${Math.round(loaded / 1000)} kB`);
    };
    const predictor = await loadModel(folder, { signal, onProgress });
    open = await openWith(predictor, signal);
    setStatus('ready', open.summary);
    await openPanel(panels[input.kind], folder, predictor.manifest, signal);
  } catch (error) {
    if (!signal.aborted) report(error);
  }
}

async function start(): Promise<void> {
  try {
    const models = await listModels();
    const [first] = models;
    if (first === undefined) throw new SennError('unknown_model', 'the server has no model');
    const named = (name: string | null): ListedModel | undefined => models.find((model) => model.name === name);
    const model = named(new URLSearchParams(location.search).get('model')) ?? first;
    choice.replaceChildren(...models.map(({ name }) => element('option', { value: name }, name)));
    choice.value = model.name;
    choice.disabled = false;
    choice.addEventListener('change', () => openModel(named(choice.value) ?? first));
    await openModel(model);
  } catch (error) {
    report(error);
  }
}

await start();
