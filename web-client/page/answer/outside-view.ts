import { askedAttributions } from '../../../core/attributions/answers/names.ts';
import type { AttributionAnswer } from '../../../core/attributions/answers/schema.ts';
import { attributionWords, COLOUR_WORDS } from '../../../core/attributions/answers/words.ts';
import type { AttributionName } from '../../../core/attributions/attribution.ts';
import { linesOf } from '../../../core/figure/attributions/bar-chart.ts';
import { heatColours } from '../../../core/figure/attributions/heat-map.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { imageAt } from '../../../core/tensor.ts';
import { byId, element } from '../dom.ts';
import { createBar } from '../explanation/bar.ts';
import type { Explained } from '../explanation/concept-cell.ts';
import { paint } from '../paint.ts';

/** What is found of a black box by asking it about changed inputs: on the image, or a bar a feature, with the words of the figure. */
export interface OutsideView {
  /** What is to be asked with, as it is chosen. */
  name(): AttributionName;
  /** @param answer `undefined` while it is asked for */
  show(explained: Explained | undefined, answer: AttributionAnswer | undefined): void;
  /** How far the asking is. */
  progress(done: number, most: number): void;
}

/** First asked with: of an image few questions, each of which may take long. */
const usual = { image: 'occlusion', tabular: 'kernel-shap' } as const satisfies Record<
  Manifest['input']['kind'],
  AttributionName
>;

/** @param onChoice called when another attribution is chosen, until `signal` is aborted */
export function createOutsideView(
  { input }: Manifest,
  onChoice: () => void,
  listening: { readonly signal: AbortSignal },
): OutsideView {
  const choice = byId('attribution', 'select');
  const [title, words] = [byId('outside-title', 'h2'), byId('outside-words', 'p')];
  const [map, body] = [byId('outside-map', 'canvas'), byId('outside-features', 'tbody')];
  choice.replaceChildren(...askedAttributions.map((name) => element('option', { value: name }, name)));
  choice.value = usual[input.kind];
  choice.addEventListener('change', onChoice, listening);
  byId('outside-colours', 'span').textContent = COLOUR_WORDS;
  const name = (): AttributionName => choice.value as AttributionName;

  const drawn = {
    image: ({ input: image }: Explained, answer: AttributionAnswer) => {
      paint(map, heatColours(answer.values, imageAt(image, 0)));
      map.setAttribute('aria-label', `${name()}: ${attributionWords(name(), answer)} ${COLOUR_WORDS}`);
    },
    tabular: (_: Explained, { features = [], values }: AttributionAnswer) => {
      const lines = linesOf(features, values);
      const largest = Math.max(...lines.map(([, value]) => Math.abs(value)));
      const rows = lines.map(([feature, value]) => {
        const bar = createBar(feature);
        bar.set(value, largest);
        return element('tr', {}, element('th', { scope: 'row' }, feature), bar.cell);
      });
      body.replaceChildren(...rows);
    },
  } as const satisfies Record<Manifest['input']['kind'], (explained: Explained, answer: AttributionAnswer) => void>;

  return {
    name,
    show(explained, answer) {
      map.toggleAttribute('data-empty', answer === undefined);
      body.toggleAttribute('data-empty', answer === undefined);
      if (answer === undefined) words.textContent = '';
      if (explained === undefined) {
        title.textContent = 'What speaks for it?';
        body.replaceChildren();
      }
      if (explained === undefined || answer === undefined) return;
      title.textContent = `What speaks for “${answer.class.label}”?`;
      words.textContent = attributionWords(name(), answer);
      drawn[input.kind](explained, answer);
    },
    progress(done, most) {
      words.textContent = `Asking the model: ${done.toLocaleString('en')} of ${most.toLocaleString('en')} rows…`;
    },
  };
}
