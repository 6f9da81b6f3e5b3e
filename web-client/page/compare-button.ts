import type { Predictor } from '../../core/predictor.ts';
import { byId } from './dom.ts';
import type { Explained } from './explanation/concept-cell.ts';
import { compareWithServer } from './server.ts';

/** Largest difference from the server's numbers that counts as the same. */
const SAME = 1e-4;

/** The button that holds what was predicted of the input, here, against what the server says of it. */
export interface CompareButton {
  show(explained: Explained | undefined): void;
}

export function createCompareButton({ manifest, executionProvider }: Predictor, signal: AbortSignal): CompareButton {
  const button = byId('compare', 'button');
  const difference = byId('difference', 'p');
  let shown: Explained | undefined;

  const ask = async (): Promise<void> => {
    const asked = shown;
    if (asked === undefined) return;
    difference.textContent = 'Asking the server…';
    try {
      const answer = await compareWithServer(manifest, asked.input, asked.base);
      if (shown?.base !== asked.base) return;
      const distance = answer.maxAbsoluteDifference;
      const verdict = distance <= SAME ? 'Same numbers' : 'Not the same';
      difference.dataset['difference'] = String(distance);
      difference.textContent = `${verdict}: ${answer.count} compared, largest difference ${distance.toExponential(1)} (server: ${answer.executionProvider}, here: ${executionProvider})`;
    } catch (error) {
      if (shown?.base === asked.base) difference.textContent = `No comparison: ${(error as Error).message}`;
    }
  };
  button.addEventListener('click', ask, { signal });
  return {
    show(explained) {
      button.disabled = explained === undefined;
      if (explained?.base !== shown?.base) {
        difference.textContent = '';
        delete difference.dataset['difference'];
      }
      shown = explained;
    },
  };
}
