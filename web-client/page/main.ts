import { SennError } from '../../core/errors.ts';
import { goldenTensorOf } from '../../core/golden.ts';
import type { ImageInput } from '../../core/images/prepare.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Predictor } from '../../core/predictor.ts';
import { batchSize, sliceRows, type Tensor } from '../../core/tensor.ts';
import { imageToTensor, loadGolden, loadModel, tensorToImageData } from '../index.ts';
import { byId, contextOf, element } from './dom.ts';
import { readImage, watchFiles } from './files.ts';
import { createPad } from './pad.ts';
import { listModels, modelFolder } from './server.ts';
import { createWorkbench, type Submission, type Workbench } from './workbench.ts';

const MAX_EXAMPLES = 12;

interface OpenModel {
  readonly field: ImageInput;
  readonly workbench: Workbench;
  /** What the status line says while all is well. */
  readonly summary: string;
}

const choice = byId('model', 'select');
const status = byId('status', 'p');
const drop = byId('drop', 'div');
let open: OpenModel | undefined;
let loading = new AbortController();

function setStatus(state: 'loading' | 'ready' | 'error', text: string): void {
  status.dataset['state'] = state;
  status.textContent = text;
}

function report(error: unknown): void {
  setStatus('error', error instanceof Error ? error.message : String(error));
}

/** @throws unsupported_input: this page draws, so it needs a model of square greyscale images. */
function fieldOf({ name, input }: Manifest): ImageInput {
  if (input.kind !== 'image' || input.channels !== 1 || input.width !== input.height) {
    throw new SennError(
      'unsupported_input',
      `model "${name}" does not take square greyscale images, so nothing can be drawn for it`,
    );
  }
  return input;
}

/** Whether there is nothing in the image: every pixel has the same value. */
function isBlank({ data }: Tensor): boolean {
  return data.every((value) => value === data[0]);
}

function submit(submission: Submission): void {
  drop.dataset['used'] = '';
  if (open === undefined) return;
  setStatus('ready', open.summary);
  open.workbench.submit(submission);
}

/** Shows an image that was not drawn, and predicts it. */
function take(submission: Submission): void {
  pad.show(tensorToImageData(submission.input));
  submit(submission);
}

function clear(): void {
  pad.clear();
  delete drop.dataset['used'];
  open?.workbench.clear();
}

const pad = createPad(byId('pad', 'canvas'), (pixels) => {
  drop.dataset['used'] = '';
  if (open === undefined) return;
  const input = imageToTensor(pixels, open.field, { invert: 'false' });
  if (!isBlank(input)) submit({ source: 'drawing', name: 'drawing', input });
});

async function takeFile(file: File): Promise<void> {
  try {
    if (open === undefined) throw new SennError('unavailable', 'the model is not ready yet');
    const { field } = open;
    const bitmap = await readImage(file);
    const input = imageToTensor(bitmap, field);
    bitmap.close();
    if (isBlank(input)) throw new SennError('invalid_image', `${file.name}: the image is blank`);
    take({ source: 'file', name: file.name, input });
  } catch (error) {
    report(error);
  }
}

/** The real inputs of the model's golden file, as buttons. */
async function showExamples(folder: URL, manifest: Manifest, signal: AbortSignal): Promise<Submission[]> {
  const inputs = goldenTensorOf(await loadGolden(folder, manifest, { signal }), 'input');
  const submissions = Array.from({ length: Math.min(batchSize(inputs), MAX_EXAMPLES) }, (_, i): Submission => {
    return { source: 'example', name: `test digit ${i + 1}`, input: sliceRows(inputs, i, i + 1) };
  });
  const buttons = submissions.map((submission) => {
    const image = tensorToImageData(submission.input);
    const canvas = element('canvas', { width: image.width, height: image.height });
    contextOf(canvas).putImageData(image, 0, 0);
    const button = element('button', { type: 'button', class: 'example', 'aria-label': submission.name }, canvas);
    button.addEventListener('click', () => take(submission));
    return button;
  });
  const group = byId('examples', 'fieldset');
  for (const old of group.querySelectorAll('button')) old.remove();
  group.append(...buttons);
  group.hidden = buttons.length === 0;
  return submissions;
}

async function openWith(predictor: Predictor, signal: AbortSignal): Promise<OpenModel> {
  const { manifest, executionProvider } = predictor;
  try {
    signal.throwIfAborted();
    const summary = `Ready · ${manifest.concepts.length} concepts · runs in this browser (${executionProvider})`;
    return { field: fieldOf(manifest), workbench: createWorkbench(predictor, report), summary };
  } catch (error) {
    await predictor.close();
    throw error;
  }
}

async function openModel(name: string): Promise<void> {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  clear();
  const previous = open;
  open = undefined;
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
    const [first] = await showExamples(folder, predictor.manifest, signal);
    if (drop.dataset['used'] !== undefined) pad.submit();
    else if (first !== undefined) take(first);
  } catch (error) {
    if (!signal.aborted) report(error);
  }
}

async function start(): Promise<void> {
  try {
    const names = await listModels();
    const [first] = names;
    if (first === undefined) throw new SennError('unknown_model', 'the server has no model');
    const asked = new URLSearchParams(location.search).get('model');
    choice.replaceChildren(...names.map((name) => element('option', { value: name }, name)));
    choice.value = asked !== null && names.includes(asked) ? asked : first;
    choice.disabled = false;
    await openModel(choice.value);
  } catch (error) {
    report(error);
  }
}

choice.addEventListener('change', () => openModel(choice.value));
byId('clear', 'button').addEventListener('click', clear);
watchFiles(byId('file', 'input'), drop, takeFile);
await start();
