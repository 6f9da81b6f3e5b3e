import type { PixelImage } from '../../canvas.ts';
import { contextOf } from '../dom.ts';

/** The drawing area: light strokes on black, whatever the colour scheme, because that is what the model reads. */
export interface Pad {
  clear(): void;
  /** Shows an image in place of a drawing; the next stroke starts afresh. */
  show(image: ImageData): void;
  /** Whether it shows a drawing, and no image. */
  isDrawn(): boolean;
  /** Hands over the drawing once more, as after a stroke. */
  submit(): void;
}

/** Stroke width as a share of the side: about 2 pixels once fitted to 28 × 28. */
const STROKE_SHARE = 0.075;

export function createPad(canvas: HTMLCanvasElement, onDraw: (pixels: PixelImage) => void): Pad {
  const context = contextOf(canvas);
  let shows: 'drawing' | 'image' = 'drawing';
  let last: { x: number; y: number } | undefined;

  const wipe = (): void => {
    context.fillStyle = '#000';
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  const positionOf = ({ clientX, clientY }: PointerEvent): { x: number; y: number } => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * canvas.width, y: ((clientY - top) / height) * canvas.height };
  };
  const strokeTo = (event: PointerEvent): void => {
    const { x, y } = positionOf(event);
    const width = canvas.width * STROKE_SHARE;
    context.fillStyle = '#fff';
    context.strokeStyle = '#fff';
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, width / 2, 0, 2 * Math.PI); // a line without length leaves nothing, and a tap is a dot
    context.fill();
    if (last !== undefined) {
      context.beginPath();
      context.moveTo(last.x, last.y);
      context.lineTo(x, y);
      context.stroke();
    }
    last = { x, y };
  };
  const drawn = (): void => onDraw(context.getImageData(0, 0, canvas.width, canvas.height));

  canvas.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    if (shows === 'image') wipe();
    shows = 'drawing';
    strokeTo(event);
    drawn();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (last === undefined || !event.isPrimary) return;
    for (const step of event.getCoalescedEvents?.() ?? []) strokeTo(step);
    strokeTo(event);
    drawn();
  });
  canvas.addEventListener('lostpointercapture', () => {
    last = undefined;
  });

  wipe();
  return {
    isDrawn: () => shows === 'drawing',
    submit: drawn,
    clear: () => {
      shows = 'drawing';
      wipe();
    },
    show: (image) => {
      shows = 'image';
      const small = new OffscreenCanvas(image.width, image.height);
      small.getContext('2d')?.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, canvas.width, canvas.height);
    },
  };
}
