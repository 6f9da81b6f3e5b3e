import { byId } from '../dom.ts';

/** Steps back: what was shown before, and after that again. */
export interface History<State> {
  /** What is shown now. Everything that one gesture of a hand shows, a stroke or a pull at a slider, is one step. */
  record(state: State): void;
  /** Forgets all, as of another model. */
  clear(): void;
}

/** Steps that are kept. */
const MOST = 100;

/** Whether a key belongs to a field that has an undo of its own. */
const writesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && ['text', 'number'].includes(target.type);

/**
 * @param restore shows a state again, and records it
 * @param isSame whether two states show the same
 */
export function createHistory<State>(
  restore: (state: State) => void,
  isSame: (one: State, other: State) => boolean,
): History<State> {
  const buttons = { undo: byId('undo', 'button'), redo: byId('redo', 'button') };
  let states: State[] = [];
  let at = -1;
  let gesture = 0;
  let recordedIn = -1;

  const tell = (): void => {
    buttons.undo.disabled = at <= 0;
    buttons.redo.disabled = at >= states.length - 1;
  };
  const go = (by: 1 | -1): void => {
    if (at + by < 0 || at + by >= states.length) return;
    at += by;
    restore(states[at] as State);
    tell();
  };
  const begins = (event: Event): void => {
    const isOne = event.type !== 'change' || event.target instanceof HTMLSelectElement; // a slider's is the end of a pull
    if (isOne && !(event instanceof KeyboardEvent && event.repeat)) gesture += 1;
  };
  for (const type of ['pointerdown', 'keydown', 'change', 'drop', 'paste']) {
    window.addEventListener(type, begins, { capture: true });
  }
  buttons.undo.addEventListener('click', () => go(-1));
  buttons.redo.addEventListener('click', () => go(1));
  document.addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || writesText(event.target) || (key !== 'z' && key !== 'y')) return;
    event.preventDefault();
    go(key === 'y' || event.shiftKey ? 1 : -1);
  });
  tell();
  return {
    record(state) {
      if (at >= 0 && isSame(states[at] as State, state)) return;
      const continues = recordedIn === gesture && at > 0;
      states = [...states.slice(0, continues ? at : at + 1), state].slice(-MOST);
      at = states.length - 1;
      recordedIn = gesture;
      tell();
    },
    clear() {
      states = [];
      at = -1;
      tell();
    },
  };
}
