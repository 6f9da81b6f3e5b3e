import type { PixelImage } from '../../canvas.ts';
import { byId, contextOf } from '../dom.ts';

/**
 * The drawing area: light strokes on black, whatever the colour scheme, because that is what the model reads. Arrow keys
 * move a pen, which the space bar puts down and lifts.
 */
export interface Pad {
  clear(): void;
  /**
   * Shows an image in place of a drawing; the next stroke starts afresh.
   * @param isDrawing whether it was drawn here: then the next stroke is added to it
   */
  show(image: ImageData, isDrawing?: boolean): void;
  /** Whether it shows a drawing, and no image. */
  isDrawn(): boolean;
  /** Hands over the drawing once more, as after a stroke. */
  submit(): void;
}

/** Stroke width as a share of the side: about 2 pixels once fitted to 28 × 28. */
const STROKE_SHARE = 0.075;

/** How far an arrow key moves the pen, as a share of the side; four times as far with Shift. */
const STEP_SHARE = 1 / 28;
const ways: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function createPad(canvas: HTMLCanvasElement, onDraw: (pixels: PixelImage) => void): Pad {
  const context = contextOf(canvas);
  let shows: 'drawing' | 'image' = 'drawing';
  let last: { x: number; y: number } | undefined;

  const wipe = (): void => {
    context.fillStyle = '#000';
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  /** The pen of the keyboard: where it is, whether it is down, and a ring that shows it, beside the canvas that is read. */
  const pen = { x: canvas.width / 2, y: canvas.height / 2, isDown: false };
  const ring = byId('pen', 'span');
  const showPen = (): void => {
    ring.hidden = document.activeElement !== canvas;
    ring.style.left = `${(100 * pen.x) / canvas.width}%`;
    ring.style.top = `${(100 * pen.y) / canvas.height}%`;
    ring.toggleAttribute('data-down', pen.isDown);
  };
  const positionOf = ({ clientX, clientY }: PointerEvent): { x: number; y: number } => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * canvas.width, y: ((clientY - top) / height) * canvas.height };
  };
  const strokeTo = ({ x, y }: { readonly x: number; readonly y: number }): void => {
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

  const begin = (): void => {
    if (shows === 'image') wipe();
    shows = 'drawing';
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    begin();
    strokeTo(positionOf(event));
    drawn();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (last === undefined || !event.isPrimary) return;
    for (const step of event.getCoalescedEvents?.() ?? []) strokeTo(positionOf(step));
    strokeTo(positionOf(event));
    drawn();
  });
  canvas.addEventListener('lostpointercapture', () => {
    last = undefined;
  });

  canvas.addEventListener('keydown', (event) => {
    const way = event.ctrlKey || event.metaKey || event.altKey ? undefined : ways[event.key];
    if (way !== undefined) {
      const step = canvas.width * STEP_SHARE * (event.shiftKey ? 4 : 1);
      pen.x = Math.min(Math.max(pen.x + way[0] * step, 0), canvas.width);
      pen.y = Math.min(Math.max(pen.y + way[1] * step, 0), canvas.height);
    } else if (event.key === ' ' || event.key === 'Enter') {
      if (event.repeat) return event.preventDefault();
      pen.isDown = !pen.isDown;
      last = undefined;
      if (pen.isDown) begin();
    } else return;
    event.preventDefault();
    if (pen.isDown) {
      strokeTo(pen);
      drawn();
    }
    showPen();
  });
  const liftPen = (): void => {
    pen.isDown = false;
    last = undefined;
    showPen();
  };
  canvas.addEventListener('focus', showPen);
  canvas.addEventListener('blur', liftPen);

  wipe();
  return {
    isDrawn: () => shows === 'drawing',
    submit: drawn,
    clear: () => {
      shows = 'drawing';
      pen.isDown = false;
      last = undefined;
      wipe();
    },
    show: (image, isDrawing = false) => {
      shows = isDrawing ? 'drawing' : 'image';
      const small = new OffscreenCanvas(image.width, image.height);
      small.getContext('2d')?.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, canvas.width, canvas.height);
    },
  };
}
