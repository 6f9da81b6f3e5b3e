import { traversalRadius } from '../../artefacts/traversals.ts';
import { featuresOfConcepts } from '../../tables/named-concepts.ts';
import type { Subject } from '../panel.ts';
import { textAt } from '../svg.ts';
import { fitted } from '../text.ts';
import { TITLE } from './tile.ts';

/** Cells of words, as tables have them where images have pictures. */

const LINE = 15;

/** Lines of small text about the middle of a row, each cut to the width. */
export function linesAt(x: number, middle: number, width: number, lines: readonly string[]): string[] {
  const first = middle + 4.5 - ((lines.length - 1) * LINE) / 2;
  return lines.map((line, i) => textAt(x, first + i * LINE, fitted(line, width, TITLE), TITLE));
}

/** Of each concept of a table, whether it is neither a feature nor constant, so that decoding it says something. */
export function learnedConcepts(manifest: Subject): boolean[] {
  const features = featuresOfConcepts(manifest);
  return manifest.concepts.map(({ quantiles }, k) => features[k] === undefined && traversalRadius(quantiles) > 0);
}
