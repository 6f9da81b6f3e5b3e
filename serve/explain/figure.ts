import { percent, signed } from '../../core/format.ts';
import type { ImageInput } from '../../core/images/prepare.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { contactSheet } from '../png.ts';
import {
  BAR_WIDTH,
  GAP_PIXELS,
  HEADER,
  heightOf,
  INPUT_SIDE,
  type Layout,
  layoutOf,
  MARGIN,
  PANEL_GAP,
} from './layout.ts';
import { COLOURS, imageAt, lineAt, textAt } from './svg.ts';

/**
 * An explanation as a picture. One panel an input: the input and its likeliest classes, then one row a concept, with
 * its traversal and the bar of its contribution to the predicted class, in the same order.
 */

export interface Panel {
  /** `[C, H, W]` in [0, 1] */
  readonly image: Tensor;
  readonly prediction: Prediction;
}

const TOP_CLASSES = 3;

function inputColumn({ image, prediction }: Panel, { classes }: Manifest, top: number): string[] {
  const [, H = 1, W = 1] = image.shape;
  const scale = INPUT_SIDE / Math.max(H, W);
  const likeliest = prediction.probabilities
    .map((probability, c) => ({ probability, label: classes[c] ?? String(c) }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP_CLASSES);
  const below = top + INPUT_SIDE + 26;
  return [
    imageAt(MARGIN, top, W * scale, H * scale, image),
    ...likeliest.flatMap(({ label, probability }, i) => {
      const style = i === 0 ? { size: 15, weight: 600 } : { fill: COLOURS.quiet };
      const y = below + i * 21;
      return [
        textAt(MARGIN, y, label, style),
        textAt(MARGIN + INPUT_SIDE, y, percent(probability), { ...style, anchor: 'end' }),
      ];
    }),
  ];
}

function strips({ prediction }: Panel, { concepts }: Manifest, layout: Layout, top: number): string[] {
  const { traversals } = prediction;
  const sheet = contactSheet(
    traversals.map(({ images }) => images),
    { pixels: GAP_PIXELS, value: 1 },
  );
  const height = traversals.length * layout.rowPitch - GAP_PIXELS * layout.scale;
  return [
    imageAt(layout.stripX, top, layout.stripWidth, height, sheet),
    ...traversals.flatMap(({ concept }, row) => {
      const middle = top + row * layout.rowPitch + (layout.rowPitch - GAP_PIXELS * layout.scale) / 2;
      const x = layout.stripX - 14;
      const activation = prediction.concepts[concept] as number;
      return [
        textAt(x, middle - 3, concepts[concept]?.name ?? `concept ${concept}`, { anchor: 'end', weight: 600 }),
        textAt(x, middle + 14, signed(activation), { anchor: 'end', size: 12, fill: COLOURS.quiet }),
      ];
    }),
  ];
}

/** Bars to the right speak for the predicted class, bars to the left against it; all on one scale within a panel. */
function bars({ prediction }: Panel, layout: Layout, top: number): string[] {
  const values = prediction.contributions.map((row) => row[prediction.index] as number);
  const highest = Math.max(...values, 0);
  const lowest = Math.min(...values, 0);
  const room = 52; // for the figure at the end of the longest bar
  const unit = (BAR_WIDTH - room - (lowest < 0 ? room : 0)) / (highest - lowest || 1);
  const axis = layout.barX + (lowest < 0 ? room - lowest * unit : 0);
  const cell = layout.rowPitch - GAP_PIXELS * layout.scale;
  const thickness = Math.min(22, cell * 0.5);
  const bottom = top + (values.length - 1) * layout.rowPitch + cell;
  return [
    ...values.flatMap((value, row) => {
      const middle = top + row * layout.rowPitch + cell / 2;
      const length = Math.abs(value) * unit;
      const x = value < 0 ? axis - length : axis;
      const fill = value < 0 ? COLOURS.against : COLOURS.for;
      const end = value < 0 ? axis - length - 6 : axis + length + 6;
      return [
        `<rect x="${x}" y="${middle - thickness / 2}" width="${length}" height="${thickness}" fill="${fill}"/>`,
        textAt(end, middle + 4.5, signed(value), { anchor: value < 0 ? 'end' : 'start' }),
      ];
    }),
    lineAt([axis, top], [axis, bottom], COLOURS.quiet),
  ];
}

function header({ prediction }: Panel, layout: Layout, y: number): string[] {
  const { label, index, logits } = prediction;
  const style = { size: 12, fill: COLOURS.quiet };
  return [
    textAt(MARGIN, y, 'input', style),
    textAt(layout.stripX - 14, y, 'activation', { ...style, anchor: 'end' }),
    textAt(layout.stripX, y, '−', style),
    textAt(layout.stripX + layout.stripWidth / 2, y, 'decoded with this concept moved', { ...style, anchor: 'middle' }),
    textAt(layout.stripX + layout.stripWidth, y, '+', { ...style, anchor: 'end' }),
    textAt(layout.barX, y, `contribution to “${label}”, sum ${signed(logits[index] as number)}`, style),
  ];
}

/** @param panels at least one, all of one model of images @returns an SVG document without references to anything outside */
export function figureSvg(panels: readonly Panel[], manifest: Manifest): string {
  const steps = panels[0]?.prediction.traversals[0]?.values.length ?? 0;
  const layout = layoutOf(manifest.input as ImageInput, manifest.concepts.length, steps);
  const pitch = layout.panelHeight + PANEL_GAP;
  const height = heightOf(layout, panels.length);
  const parts = panels.flatMap((panel, i) => {
    const top = MARGIN + i * pitch;
    const rule = top - PANEL_GAP / 2;
    const content = top + HEADER;
    return [
      ...(i === 0 ? [] : [lineAt([MARGIN, rule], [layout.width - MARGIN, rule], COLOURS.line)]),
      ...header(panel, layout, top + 14),
      ...inputColumn(panel, manifest, content),
      ...strips(panel, manifest, layout, content),
      ...bars(panel, layout, content),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${height}" width="${layout.width}" height="${height}" font-family="Inter, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...parts,
    '</svg>',
  ].join('\n');
}
