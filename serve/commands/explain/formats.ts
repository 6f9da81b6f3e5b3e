import { extname } from 'node:path';
import type { PredictResponse } from '../../../core/api.ts';
import type { Statics } from '../../../core/artefacts/artefact.ts';
import { defaultArtefacts } from '../../../core/artefacts/index.ts';
import { SennError } from '../../../core/errors.ts';
import type { FigureOptions } from '../../../core/figure/panel.ts';
import type { Predictor } from '../../../core/predictor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { answersOf } from '../../answers/answer.ts';
import type { Explained } from '../../answers/explained.ts';
import { figurePage } from '../../answers/html.ts';
import { renderSvg } from '../../answers/render-svg.ts';

/** What `senn explain` writes, by the ending of the file: the forms in which `POST /predict` answers. */

/** Predictions of a batch, drawn, and what made them. */
export interface Explanation extends Explained {
  readonly predictor: Pick<Predictor, 'manifest' | 'executionProvider'>;
  readonly statics: Statics;
  /** `[N, …]` in the model's units */
  readonly batch: Tensor;
  readonly options: FigureOptions;
}

type Write = (explanation: Explanation) => string | Promise<Uint8Array>;

/** The JSON that `/predict` answers with: what is asked for, else what the model shows by default. */
function json({
  predictor: { manifest, executionProvider },
  statics,
  batch,
  predictions,
  attributed,
  options,
}: Explanation): string {
  const { steps, contrast, explain = defaultArtefacts(manifest) } = options;
  const wanted = { explain, steps, contrast, sheet: false };
  const response: PredictResponse = {
    model: manifest.name,
    version: manifest.version,
    executionProvider,
    predictions: answersOf({ manifest, statics }, batch, predictions, wanted, attributed),
  };
  return `${JSON.stringify(response, null, 2)}\n`;
}

const formats = {
  '.png': ({ svg }) => renderSvg(svg),
  '.svg': ({ svg }) => svg,
  '.html': ({ svg, options, predictor: { manifest, executionProvider } }) =>
    figurePage(svg, manifest, executionProvider, options),
  '.json': json,
} as const satisfies Record<`.${string}`, Write>;

/** What a file may end in. */
export const endings = Object.keys(formats) as (keyof typeof formats)[];

const isEnding = (ending: string): ending is keyof typeof formats => Object.hasOwn(formats, ending);

/** How the file of that name is written. @throws invalid_config for an ending that says no format */
export function formatOf(path: string): Write {
  const ending = extname(path).toLowerCase();
  if (isEnding(ending)) return formats[ending];
  const choices = `${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}`;
  throw new SennError('invalid_config', `--out ${path}: its ending "${ending}" must be ${choices}`, { path, endings });
}
