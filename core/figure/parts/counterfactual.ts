import type { Concept } from '../../manifest.ts';
import { percent, plain } from '../../text/format.ts';
import { middleOf, type Part } from '../column.ts';
import { HEADER_LINE } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import { element, imageAt, lineAt, textAt, tooltip } from '../svg.ts';
import { clampedWidth, fitted } from '../text.ts';
import { DOT, trackAt } from '../track.ts';
import { TITLE } from './tile.ts';

/**
 * What would make the input of another class: of each concept where it is and where it would go, on its range over the
 * training set, and a picture of that where inputs are images. Drawn only where it is asked for, by `explain` and
 * `contrast`.
 */

const TRACK_WIDTH = 140;
const PICTURE = 128;
const GAP = 18;
/** Of a track and of the line of text below it, from the middle of the row. */
const [TRACK_UP, TEXT_DOWN] = [6, 14];

/** What the titles may take beyond that, for long names of classes. */
const MORE = 160;

const titleFor = (label: string): string => `what would make it “${label}”`;

const CAPTION =
  'The tracks show the smallest move of the concepts that makes the model predict the other class: a ring where the ' +
  'concept is in the input, a dot where it would go.';

const partFor =
  (hasPicture: boolean): Part =>
  ({ manifest: { classes, concepts } }, { explain = [], contrast }) => {
    if (!explain.includes('counterfactual') || contrast === undefined) return undefined;
    const told = `read again: not “${contrast}”, > 99.9 %`;
    const least = hasPicture ? TRACK_WIDTH + GAP + PICTURE : TRACK_WIDTH;
    const width = clampedWidth([titleFor(contrast), told], TITLE, { least, most: least + MORE });
    return {
      width,
      rowHeight: 2 * (TRACK_UP + TEXT_DOWN),
      caption: CAPTION,
      header: ({ prediction: { counterfactual: found } }, x, y) => {
        if (found === undefined) return [];
        const told = `read again: ${found.verified ? '' : 'not '}“${classes[found.index]}”, ${percent(found.probability)}`;
        return [
          textAt(x, y, fitted(titleFor(classes[found.index] as string), width, TITLE), TITLE),
          textAt(x, y + HEADER_LINE, fitted(told, width, TITLE), TITLE),
        ];
      },
      content: ({ prediction }, x, rows, encode) => {
        const { counterfactual: found } = prediction;
        if (found === undefined) return [];
        const tracks = rows.concepts.flatMap((k) => {
          const { name, quantiles } = concepts[k] as Concept;
          const { q05, q95 } = quantiles;
          const [from, to] = [prediction.concepts[k] as number, found.concepts[k] as number];
          const range = [Math.min(q05, from, to), Math.max(q95, from, to)] as const;
          const y = middleOf(rows, k) - TRACK_UP;
          const at = (value: number): number =>
            x +
            DOT +
            (range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5) * (TRACK_WIDTH - 2 * DOT);
          const isTold = found.changed.includes(k);
          const title = `${name}: ${plain(from)} → ${plain(to)}`;
          return [
            ...trackAt({ x, y, width: TRACK_WIDTH }, to, range),
            lineAt([at(from), y], [at(to), y], COLOURS.quiet, { 'stroke-width': 2 }),
            element(
              'circle',
              { cx: at(from), cy: y, r: DOT, fill: COLOURS.card, stroke: COLOURS.quiet, 'stroke-width': 1.5 },
              tooltip(title),
            ),
            ...(isTold ? [textAt(x, y + TRACK_UP + TEXT_DOWN, `${plain(from)} → ${plain(to)}`, TITLE)] : []),
          ];
        });
        if (!hasPicture) return tracks;
        const [, H = 1, W = 1] = found.decoded.shape;
        const shrink = PICTURE / Math.max(H, W);
        const box = { x: x + TRACK_WIDTH + GAP, y: rows.top, width: W * shrink, height: H * shrink };
        const distance = `${found.distance.toFixed(2)} deviations away`;
        return [
          ...tracks,
          imageAt(box, encode(found.decoded), tooltip(`“${classes[found.index]}”, ${distance}`)),
          textAt(box.x, box.y + PICTURE + HEADER_LINE, distance, TITLE),
        ];
      },
    };
  };

export const counterfactual = { image: partFor(true), tabular: partFor(false) };
