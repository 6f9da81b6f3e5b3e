import { SennError } from '../../../core/errors.ts';

/** An image file, decoded; whoever asked closes it. @throws invalid_image */
export async function readImage(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { colorSpaceConversion: 'none' });
  } catch (error) {
    throw new SennError('invalid_image', `${file.name}: this browser cannot read it as an image`, {}, error);
  }
}

/** Calls `onFile` with an image that is picked or taken by one of the inputs, dropped on `target`, or pasted anywhere. */
export function watchFiles(
  inputs: readonly HTMLInputElement[],
  target: HTMLElement,
  onFile: (file: File) => void,
): void {
  const take = (files: FileList | null | undefined): void => {
    const [file] = files ?? [];
    if (file !== undefined) onFile(file);
  };
  for (const input of inputs) {
    input.addEventListener('change', () => {
      take(input.files);
      input.value = '';
    });
  }
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.dataset['over'] = '';
  });
  target.addEventListener('dragleave', () => {
    delete target.dataset['over'];
  });
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    delete target.dataset['over'];
    take(event.dataTransfer?.files);
  });
  document.addEventListener('paste', (event) => take(event.clipboardData?.files));
}
