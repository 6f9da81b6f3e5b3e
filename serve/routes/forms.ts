import type { Request, Response } from 'express';
import type { PredictResponse } from '../../core/api.ts';
import { SennError } from '../../core/errors.ts';
import type { AnswerOptions } from '../answer.ts';
import type { AtOnce } from '../at-once.ts';
import type { BatchInput } from '../batch-input.ts';
import type { ServedModel } from '../engine.ts';
import { figurePage } from '../explain/html.ts';
import { renderSvg } from '../explain/render.ts';

/** The forms that a prediction is answered in, by media type; the first is that of a request that does not care. */

export interface Asked {
  readonly model: ServedModel;
  readonly input: BatchInput;
  /** `explain` and `sheet` say what JSON holds; a figure is always whole. */
  readonly options: AnswerOptions;
  /** Drawing waits its turn as decoding does. */
  readonly turn: AtOnce;
}

type Send = (asked: Asked, response: Response) => Promise<void>;

const forms = {
  'application/json': async ({ model, input, options }, response) => {
    const { name, version } = model.folder.manifest;
    response.json({
      model: name,
      version,
      executionProvider: model.executionProvider,
      predictions: await model.answer(input, options),
    } satisfies PredictResponse);
  },
  'image/png': async ({ model, input, options, turn }, response) => {
    const svg = await model.figure(input, options);
    response.type('image/png').send(await turn(() => renderSvg(svg)));
  },
  'text/html': async ({ model, input, options }, response) => {
    const svg = await model.figure(input, options);
    response.type('text/html').send(figurePage(svg, model.folder.manifest, model.executionProvider));
  },
} satisfies Record<string, Send>;

export interface Form {
  readonly isFigure: boolean;
  readonly send: Send;
}

/** The form that the request's `Accept` prefers. @throws not_acceptable */
export function formFor(request: Request): Form {
  const offered = Object.keys(forms) as (keyof typeof forms)[];
  const chosen = request.accepts(offered) as keyof typeof forms | false;
  if (!chosen) {
    const accept = request.get('accept')?.slice(0, 100);
    throw new SennError('not_acceptable', `Accept "${accept}": the answer is given as ${offered.join(', ')}`, {
      accept,
      offered,
    });
  }
  return { isFigure: chosen !== 'application/json', send: forms[chosen] };
}
