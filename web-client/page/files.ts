import { SennError } from '../../core/errors.ts';
import type { PixelImage } from '../images.ts';

/** The pixels of an image file, unchanged where it fits in the box, else scaled down to it. @throws invalid_image */
export async function readImage(
  file: File,
  box: { readonly height: number; readonly width: number },
): Promise<PixelImage> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
  } catch (error) {
    throw new SennError('invalid_image', `${file.name}: this browser cannot read it as an image`, {}, error);
  }
  const scale = Math.min(1, box.width / bitmap.width, box.height / bitmap.height);
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new SennError('unavailable', 'this browser gave no 2d canvas');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

/** Calls `onFile` with an image that is picked, dropped on `target`, or pasted anywhere. */
export function watchFiles(input: HTMLInputElement, target: HTMLElement, onFile: (file: File) => void): void {
  const take = (files: FileList | null | undefined): void => {
    const [file] = files ?? [];
    if (file !== undefined) onFile(file);
  };
  input.addEventListener('change', () => {
    take(input.files);
    input.value = '';
  });
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
