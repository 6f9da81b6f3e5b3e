import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SennError } from '../../core/errors.ts';
import type { Prediction, Predictor } from '../../core/predictor.ts';
import type { OpenSession } from '../../core/session.ts';
import { concatRows } from '../../core/tensor.ts';
import { openAtomicFile } from '../atomic-file.ts';
import { prepareImage } from '../images/prepare.ts';
import { defaultLimits } from '../limits.ts';
import { loadPredictor } from '../model-folder.ts';
import { type Explained, explained } from './explained.ts';
import { checkPanels } from './layout.ts';
import { renderSvg } from './render.ts';

export interface ExplainOptions {
  /** Model folder. */
  readonly model: string;
  readonly images: readonly string[];
  /** The PNG to write; its folder is made. */
  readonly out: string;
  readonly steps: number;
}

/**
 * Predicts image files and draws the explanations as one PNG, which is there whole or not at all.
 * @throws invalid_config where it cannot be written, payload_too_large for more images than fit, unsupported_input,
 *   missing_input, invalid_image …
 */
export async function explainImages(options: ExplainOptions, openSession: OpenSession): Promise<Prediction[]> {
  const { out } = options;
  // what stands in the way, the file's own opening says
  await mkdir(dirname(out), { recursive: true }).catch(() => undefined);
  const file = await openAtomicFile(out);
  try {
    const predictor = await loadPredictor(options.model, openSession);
    const { predictions, svg } = await explainedBy(predictor, options).finally(() => predictor.close());
    await file.write(await renderSvg(svg));
    await file.commit();
    return predictions;
  } finally {
    await file.discard();
  }
}

async function explainedBy(predictor: Predictor, { images, steps }: ExplainOptions): Promise<Explained> {
  const { manifest } = predictor;
  const { input } = manifest;
  if (input.kind !== 'image') {
    throw new SennError('unsupported_input', `explain: model "${manifest.name}" takes features, not images`);
  }
  checkPanels(images.length, manifest, steps);
  const options = { invert: 'auto', maxPixels: defaultLimits.pixelsPerImage } as const;
  const rows = await Promise.all(images.map(async (path) => prepareImage(await readImage(path), path, input, options)));
  return explained(predictor, concatRows(rows), { steps });
}

async function readImage(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new SennError('missing_input', `${path}: cannot be read (${error.code})`, { path });
  });
}
