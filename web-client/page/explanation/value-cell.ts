import { traversalRadius } from '../../../core/artefacts/traversals.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { shortestDecimal } from '../../../core/tables/float32.ts';
import { movedLines } from '../../../core/tables/moved-features.ts';
import { featuresOfConcepts } from '../../../core/tables/named-concepts.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { quantity } from '../../../core/text/format.ts';
import { element } from '../dom.ts';
import type { ConceptCell, Explained } from './concept-cell.ts';

/** What stands in a row of the page's table in the place of a strip of images, where the model takes tables. */

type Concept = Manifest['concepts'][number];

/** Of a table: the value of the concept's feature, or the features that a learned concept moves. */
export function createValueCell(manifest: Manifest, k: number): ConceptCell {
  const lines = element('div');
  const input = manifest.input as TabularInput;
  const feature = featuresOfConcepts(manifest)[k];
  const still = traversalRadius((manifest.concepts[k] as Concept).quantiles) === 0 ? 'constant' : 'moves no feature';
  /** As far as anybody reads it: what the decoder gives has rounding in it. */
  const setValue = (value: number, f: number): string =>
    quantity(Number(value.toPrecision(3)), input.features[f]?.unit);
  const ownValue = (row: Tensor, f: number): string =>
    quantity(shortestDecimal(row.data[f] as number), input.features[f]?.unit);
  const linesOf = ({ input: row, base, moved }: Explained): string[] => {
    if (feature !== undefined) {
      const own = ownValue(row, feature);
      const set = moved?.decoded === undefined ? own : setValue(moved.decoded.data[feature] as number, feature);
      return [set === own ? own : `${own} → ${set}`];
    }
    const traversal = base.traversals[k];
    const features = traversal === undefined ? [] : movedLines(traversal, input);
    return features.length > 0 || traversal === undefined ? features : [still];
  };
  return {
    cell: element('td', { class: 'value-cell' }, lines),
    set: (explained) => {
      const texts = explained === undefined ? [] : linesOf(explained);
      lines.replaceChildren(...texts.map((line) => element('div', {}, line)));
    },
  };
}
