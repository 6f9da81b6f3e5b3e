import type { Prediction } from '../../../core/predictor.ts';
import { percent } from '../../../core/text/format.ts';
import { byId, element } from '../dom.ts';

/** The part of the page that shows the answer: the label, and a bar of probability for each class. */

export interface PredictionView {
  /** Shows a prediction with `selected` as the class being explained; `undefined` empties the view. */
  show(prediction: Prediction | undefined, selected: number): void;
}

/** The answer and the probabilities of all classes; choosing a class calls `onSelect`. */
export function createPredictionView(classes: readonly string[], onSelect: (index: number) => void): PredictionView {
  const label = byId('label', 'output');
  const probability = byId('probability', 'span');
  const group = byId('classes', 'fieldset');

  const rows = classes.map((name, index) => {
    const radio = element('input', { type: 'radio', name: 'class', value: index, disabled: '' });
    const fill = element('span', { class: 'fill' });
    const value = element('span', { class: 'number' });
    radio.addEventListener('change', () => onSelect(index));
    const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
    return {
      radio,
      fill,
      value,
      row: element('label', { class: 'class' }, radio, element('span', {}, name), bar, value),
    };
  });
  const [legend] = group.children;
  group.replaceChildren(...(legend === undefined ? [] : [legend]), ...rows.map(({ row }) => row));

  return {
    show(prediction, selected) {
      const text = prediction?.label ?? '?';
      if (label.textContent !== text) label.textContent = text;
      label.style.setProperty('--characters', String(text.length));
      probability.textContent = prediction === undefined ? '' : percent(prediction.probability);
      rows.forEach(({ radio, fill, value, row }, index) => {
        const share = prediction?.probabilities[index];
        radio.disabled = share === undefined;
        radio.checked = share !== undefined && index === selected;
        fill.style.width = `${(share ?? 0) * 100}%`;
        value.textContent = share === undefined ? '' : percent(share);
        row.classList.toggle('predicted', index === prediction?.index);
      });
    },
  };
}
