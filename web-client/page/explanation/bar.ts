import { barCell } from '../../../core/figure/cells.ts';
import { cssColours } from '../../../core/figure/palette.ts';
import { signed } from '../../../core/text/format.ts';
import { element } from '../dom.ts';

/** A signed bar from the middle of its cell, and its number. */
export interface Bar {
  readonly cell: HTMLElement;
  /** @param largest the value whose bar reaches the edge of the cell */
  set(value: number | undefined, largest: number): void;
}

/** @param name of what the bar is of */
export function createBar(name: string): Bar {
  const picture = element('span', { class: 'bar' });
  const number = element('span', { class: 'number' });
  return {
    cell: element('td', { class: 'contribution' }, picture, number),
    set(value, largest) {
      picture.innerHTML = barCell(value, name, largest, cssColours);
      number.textContent = value === undefined ? '' : signed(value);
    },
  };
}
