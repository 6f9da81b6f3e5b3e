import type { Tensor } from '../../core/tensor.ts';
import { tensorToImageData } from '../images.ts';
import { contextOf } from './dom.ts';

/** Shows an image, pixel by pixel, on a canvas that takes its size. @param image `[1, C, H, W]` or `[C, H, W]` in [0, 1] */
export function paint(canvas: HTMLCanvasElement, { shape, data }: Tensor): void {
  const [height = 1, width = 1] = shape.slice(-2);
  canvas.width = width;
  canvas.height = height;
  contextOf(canvas).putImageData(tensorToImageData({ shape: [1, ...shape.slice(-3)], data }), 0, 0);
}
