import type { AttributionAnswer } from '../../attributions/answers/schema.ts';
import type { Manifest } from '../../manifest.ts';
import type { EncodeImage, Panel } from '../panel.ts';

/** How an attribution is drawn: of an image on its pixels, of a table a bar a feature. */
export interface AttributionDrawing {
  readonly width: number;
  height(input: Manifest['input']): number;
  /** @param x left edge @param top upper edge */
  content(answer: AttributionAnswer, panel: Panel, place: { x: number; top: number }, encode: EncodeImage): string[];
}
