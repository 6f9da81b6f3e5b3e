import { SennError } from '../../../core/errors.ts';
import type { ImageInput } from '../../../core/images/prepare.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { batchSize, sliceRows, type Tensor } from '../../../core/tensor.ts';
import { imageToTensor, tensorToImageData } from '../../images.ts';
import { byId, contextOf, element } from '../dom.ts';
import { readImage, watchFiles } from './files.ts';
import { createPad } from './pad.ts';
import { type InputPanel, MAX_EXAMPLES, type Outlet, type Submission } from './submission.ts';

/** @throws unsupported_input: a pad draws, so it needs a model of square greyscale images. */
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

/** A canvas of the image's own size that shows it. */
function showOn(canvas: HTMLCanvasElement, input: Tensor): HTMLCanvasElement {
  const image = tensorToImageData(input);
  canvas.width = image.width;
  canvas.height = image.height;
  contextOf(canvas).putImageData(image, 0, 0);
  return canvas;
}

/** Images: drawn, opened, dropped, pasted, or taken from the model's own examples. */
export function createDrawingPanel({ submit, withdraw, report }: Outlet): InputPanel {
  const section = byId('drawing', 'section');
  const drop = byId('drop', 'div');
  const seen = byId('seen', 'canvas');
  const group = byId('examples', 'fieldset');
  let field: ImageInput | undefined;
  /** The file that the page shows, kept for the next model. */
  let opened: File | undefined;

  const give = (submission: Submission): void => {
    drop.dataset['used'] = '';
    showOn(seen, submission.input);
    submit(submission);
  };
  const pad = createPad(byId('pad', 'canvas'), (pixels) => {
    opened = undefined;
    drop.dataset['used'] = '';
    if (field === undefined) return;
    const input = imageToTensor(pixels, field, { invert: 'false' });
    if (!isBlank(input)) give({ source: 'drawing', name: 'drawing', input });
  });
  /** Shows an image that was not drawn, and submits it. */
  const take = (submission: Submission): void => {
    pad.show(tensorToImageData(submission.input), submission.source === 'drawing');
    give(submission);
  };
  const takeExample = (submission: Submission): void => {
    opened = undefined;
    take(submission);
  };
  const takeFile = async (file: File): Promise<void> => {
    if (section.hidden) return;
    opened = file;
    if (field === undefined) return; // it waits for the model
    try {
      const bitmap = await readImage(file);
      const input = imageToTensor(bitmap, field);
      bitmap.close();
      if (isBlank(input)) throw new SennError('invalid_image', `${file.name}: the image is blank`);
      if (opened === file) take({ source: 'file', name: file.name, input });
    } catch (error) {
      if (opened !== file) return;
      opened = undefined;
      report(error);
    }
  };
  const clear = (): void => {
    opened = undefined;
    pad.clear();
    contextOf(seen).clearRect(0, 0, seen.width, seen.height);
    delete drop.dataset['used'];
    withdraw();
  };
  const offer = (submissions: readonly Submission[]): void => {
    const buttons = submissions.map((submission) => {
      const canvas = showOn(element('canvas'), submission.input);
      const button = element('button', { type: 'button', class: 'example', 'aria-label': submission.name }, canvas);
      button.addEventListener('click', () => takeExample(submission));
      return button;
    });
    for (const old of group.querySelectorAll('button')) old.remove();
    group.append(...buttons);
    group.hidden = buttons.length === 0;
  };

  byId('clear', 'button').addEventListener('click', clear);
  watchFiles([byId('file', 'input'), byId('camera', 'input')], drop, takeFile);
  return {
    check: fieldOf,
    open(manifest, examples, asked) {
      field = fieldOf(manifest);
      const count = examples === undefined ? 0 : Math.min(batchSize(examples), MAX_EXAMPLES);
      const submissions = Array.from({ length: count }, (_, i): Submission => {
        return { source: 'example', name: `test image ${i + 1}`, input: sliceRows(examples as Tensor, i, i + 1) };
      });
      offer(submissions);
      const [first] = submissions;
      if (asked !== undefined) takeExample(asked);
      else if (opened !== undefined) takeFile(opened);
      else if (drop.dataset['used'] !== undefined && pad.isDrawn()) pad.submit();
      else if (first !== undefined) takeExample(first);
    },
    restore(submission) {
      if (submission === undefined) clear();
      else takeExample(submission);
    },
  };
}
