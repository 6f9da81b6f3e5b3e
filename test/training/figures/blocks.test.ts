import { describe, expect, it } from 'vitest';
import { fitted } from '../../../core/figure/text.ts';
import {
  type Block,
  centred,
  column,
  figureOf,
  headed,
  line,
  pair,
  row,
  ruled,
} from '../../../training/figures/blocks.ts';
import { drawn, numberOf } from './svg.ts';

/** A block that draws its own corner. */
const box = (width: number, height: number): Block => ({
  width,
  height,
  draw: (x, y) => [`<rect x="${x}" y="${y}" width="${width}" height="${height}"/>`],
});

const corners = (block: Block): number[][] =>
  drawn(block.draw(100, 200).join(''), 'rect').map((rect) => [numberOf(rect, 'x'), numberOf(rect, 'y')]);

describe('blocks', () => {
  it('stand side by side', () => {
    const block = row([box(10, 5), box(20, 8), box(1, 1)], 3);
    expect([block.width, block.height]).toEqual([37, 8]);
    expect(corners(block)).toEqual([
      [100, 200],
      [113, 200],
      [136, 200],
    ]);
  });

  it('stand one below the other', () => {
    const block = column([box(10, 5), box(20, 8)], 3);
    expect([block.width, block.height]).toEqual([20, 16]);
    expect(corners(block)).toEqual([
      [100, 200],
      [100, 208],
    ]);
  });

  it('nest, and stand in the middle of a larger box', () => {
    expect(corners(centred(row([box(4, 4), column([box(2, 6)])]), 10))).toEqual([
      [100, 202],
      [104, 202],
    ]);
  });

  it('of none take no room', () => {
    expect([row([]).width, column([], 5).height]).toEqual([0, 0]);
  });

  it('have rules between them as wide as the widest', () => {
    const svg = ruled([box(10, 5), box(30, 5), box(20, 5)], 2)
      .draw(0, 0)
      .join('');
    expect(drawn(svg, 'line').map((rule) => numberOf(rule, 'x2'))).toEqual([30, 30]);
  });

  it('make a figure with a margin', () => {
    expect(figureOf(box(52, 12))).toMatch(/viewBox="0 0 100 60" width="100" height="60"/);
  });

  it('cut a text that does not fit, by letters and not by code units', () => {
    expect(fitted('short', 100, { size: 10 })).toBe('short');
    const cut = fitted('😀'.repeat(50), 100, { size: 10 });
    expect(cut).toMatch(/^(😀)+…$/u);
    expect(Array.from(cut).length * 0.58 * 10).toBeLessThanOrEqual(100);
  });

  it('give headings and pairs the width that they are told', () => {
    expect([
      headed('title', 'subtitle', box(70, 9)).width,
      pair('left', 'right', 80).width,
      line('x', 5).width,
    ]).toEqual([70, 80, 5]);
  });
});
