import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { SennError } from '../../core/errors.ts';
import type { Prediction } from '../../core/predictor.ts';
import type { OpenSession } from '../../core/session.ts';
import { concatRows, rowOf } from '../../core/tensor.ts';
import { prepareImage } from '../images/prepare.ts';
import { defaultLimits } from '../limits.ts';
import { loadPredictor } from '../model-folder.ts';
import { figureSvg } from './figure.ts';

/** Pixels of the PNG to one of the figure: sharp on a dense screen. */
const PIXEL_RATIO = 2;

export interface ExplainOptions {
  /** Model folder. */
  readonly model: string;
  readonly images: readonly string[];
  /** The PNG to write. */
  readonly out: string;
  readonly steps: number;
}

/** Predicts image files and draws the explanations as one PNG. @throws unsupported_input, missing_input, invalid_image … */
export async function explainImages(
  { model, images, out, steps }: ExplainOptions,
  openSession: OpenSession,
): Promise<Prediction[]> {
  const predictor = await loadPredictor(model, openSession);
  const { manifest } = predictor;
  const { input } = manifest;
  try {
    if (input.kind !== 'image') {
      throw new SennError('unsupported_input', `explain: model "${manifest.name}" takes features, not images`);
    }
    const options = { invert: 'auto', maxPixels: defaultLimits.pixelsPerImage } as const;
    const rows = await Promise.all(
      images.map(async (path) => prepareImage(await readImage(path), path, input, options)),
    );
    const batch = concatRows(rows);
    const predictions = await predictor.predict(batch, { steps });
    const shape = batch.shape.slice(1);
    const panels = predictions.map((prediction, i) => ({ prediction, image: { shape, data: rowOf(batch, i) } }));
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, await renderSvg(figureSvg(panels, manifest)));
    return predictions;
  } finally {
    await predictor.close();
  }
}

async function readImage(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new SennError('missing_input', `${path}: cannot be read (${error.code})`, { path });
  });
}

/** 72 dots an inch is one pixel to the unit. */
function renderSvg(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 72 * PIXEL_RATIO })
    .png({ compressionLevel: 9, palette: true })
    .toBuffer();
}
