import { traversalRadius } from '../../../core/artefacts/traversals.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { shortestDecimal } from '../../../core/tables/float32.ts';
import { movedLines } from '../../../core/tables/moved-features.ts';
import { featuresOfConcepts } from '../../../core/tables/named-concepts.ts';
import { quantity } from '../../../core/text/format.ts';
import { element } from '../dom.ts';
import type { ConceptCell, Explained } from './concept-cell.ts';

/** What stands in a row of the page's table in the place of a strip of images, where the model takes tables. */

type Concept = Manifest['concepts'][number];

/** Of a table: the value of the concept's feature, or the features that a learned concept moves. */
export function createValueCell(manifest: Manifest, k: number): ConceptCell {
  const cell = element('td', { class: 'value-cell' });
  const input = manifest.input as TabularInput;
  const feature = featuresOfConcepts(manifest)[k];
  const still = traversalRadius((manifest.concepts[k] as Concept).quantiles) === 0 ? 'constant' : 'moves no feature';
  const linesOf = ({ input: row, prediction }: Explained): string[] => {
    if (feature !== undefined) {
      return [quantity(shortestDecimal(row.data[feature] as number), input.features[feature]?.unit)];
    }
    const traversal = prediction.traversals[k];
    const moved = traversal === undefined ? [] : movedLines(traversal, input);
    return moved.length > 0 || traversal === undefined ? moved : [still];
  };
  return {
    cell,
    set: (explained) => {
      const lines = explained === undefined ? [] : linesOf(explained);
      cell.replaceChildren(...lines.map((line) => element('div', {}, line)));
    },
  };
}
