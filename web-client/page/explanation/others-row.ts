import { element } from '../dom.ts';
import { type Bar, createBar } from './bar.ts';

/**
 * The row of the concepts that hardly matter: closed it stands for all of them, with the sum of their bars; open it heads
 * their own rows, which follow.
 */
export interface OthersRow {
  readonly row: HTMLElement;
  readonly isOpen: () => boolean;
  /** @param differences of the concepts that it stands for; of none it is hidden @param largest as of a bar */
  set(differences: readonly number[], largest: number): void;
}

/** @param columns of the table, those of its heading, its product and its bar included @param onToggle after it was opened or closed */
export function createOthersRow(columns: number, onToggle: () => void): OthersRow {
  const button = element('button', { type: 'button', 'aria-expanded': 'false' });
  const bar: Bar = createBar('other concepts');
  const heading = element('th', { scope: 'row' }, button);
  const rest = element('td', { colspan: columns - 3 });
  const row = element('tr', { class: 'others' }, heading, element('td', { class: 'product' }), bar.cell, rest);
  const isOpen = (): boolean => button.getAttribute('aria-expanded') === 'true';
  button.addEventListener('click', () => {
    button.setAttribute('aria-expanded', String(!isOpen()));
    onToggle();
  });
  return {
    row,
    isOpen,
    set(differences, largest) {
      row.hidden = differences.length === 0;
      button.textContent = `${differences.length} other concepts`;
      // open, each has a bar of its own, and the bars that are seen sum to the margin
      const sum = differences.reduce((total, value) => total + value, 0);
      bar.set(isOpen() || row.hidden ? undefined : sum, largest);
    },
  };
}
