import { COLOURS } from '../../core/figure/palette.ts';
import { documentOf, lineAt, textAt } from '../../core/figure/svg.ts';
import { BOLD, fitted, TEXT, type TextStyle, textWidth } from '../../core/figure/text.ts';
import { QUIET } from './quiet.ts';

/**
 * A rectangle of a figure: it knows its size and draws itself wherever it is put. Figures are rows and columns of
 * blocks, so that no figure computes coordinates and nothing overlaps. Lengths are CSS pixels.
 */
export interface Block {
  readonly width: number;
  readonly height: number;
  /** SVG elements, the block's upper left corner at (x, y). */
  readonly draw: (x: number, y: number) => readonly string[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const largest = (values: readonly number[]): number => Math.max(0, ...values);

/** Where each of some lengths starts, one after the other with a gap between. */
const starts = (lengths: readonly number[], gap: number): number[] =>
  lengths.map((_, i) => sum(lengths.slice(0, i)) + i * gap);

/** Blocks side by side, their upper edges on one line. */
export function row(blocks: readonly Block[], gap = 0): Block {
  const widths = blocks.map(({ width }) => width);
  const offsets = starts(widths, gap);
  return {
    width: sum(widths) + gap * Math.max(0, blocks.length - 1),
    height: largest(blocks.map(({ height }) => height)),
    draw: (x, y) => blocks.flatMap((block, i) => block.draw(x + (offsets[i] as number), y)),
  };
}

/** Blocks one below the other, their left edges on one line. */
export function column(blocks: readonly Block[], gap = 0): Block {
  const heights = blocks.map(({ height }) => height);
  const offsets = starts(heights, gap);
  return {
    width: largest(blocks.map(({ width }) => width)),
    height: sum(heights) + gap * Math.max(0, blocks.length - 1),
    draw: (x, y) => blocks.flatMap((block, i) => block.draw(x, y + (offsets[i] as number))),
  };
}

/** A block in a larger box, as much of the box's height above it as below. */
export function centred(block: Block, height: number): Block {
  return { width: block.width, height, draw: (x, y) => block.draw(x, y + (height - block.height) / 2) };
}

export const space = (width: number, height: number): Block => ({ width, height, draw: () => [] });

const lineX = { start: 0, middle: 0.5, end: 1 } as const;

/** One line of text in a box as wide as told; what does not fit is cut. */
export function line(content: string, width: number, style: TextStyle = {}): Block {
  const { size = TEXT.body, anchor = 'start' } = style;
  const text = fitted(content, width, style);
  return {
    width,
    height: size * 1.4,
    draw: (x, y) => [textAt(x + lineX[anchor] * width, y + size * 1.05, text, style)],
  };
}

/** Two texts on one line, at the left and the right edge; the right one is cut last. */
export function pair(left: string, right: string, width: number, style: TextStyle = {}): Block {
  const taken = Math.min(width / 2, textWidth(`${right} `, style));
  return row([line(left, width - taken, style), line(right, taken, { ...style, anchor: 'end' })]);
}

/** A horizontal rule. */
const rule = (width: number): Block => ({
  width,
  height: 1,
  draw: (x, y) => [lineAt([x, y + 0.5], [x + width, y + 0.5], COLOURS.line)],
});

/** A block under its two lines of heading. */
export const headed = (title: string, subtitle: string, block: Block): Block =>
  column([line(title, block.width, { weight: BOLD }), line(subtitle, block.width, QUIET), block], 4);

/** Blocks one below the other with rules between them. */
export function ruled(blocks: readonly Block[], gap: number): Block {
  const { width } = column(blocks);
  return column(
    blocks.flatMap((block, i) => (i === 0 ? [block] : [rule(width), block])),
    gap,
  );
}

const MARGIN = 24;

/** The finished figure: a block on white, with a margin around it. */
export function figureOf({ width, height, draw }: Block): string {
  return documentOf([width + 2 * MARGIN, height + 2 * MARGIN], draw(MARGIN, MARGIN));
}
