import { prototypeShape } from '../../../core/artefacts/prototypes.ts';
import { spokenPrototypes } from '../../../core/figure/aria-labels.ts';
import { sheetCell } from '../../../core/figure/cells.ts';
import { prototypesShown } from '../../../core/figure/parts/prototypes.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { element } from '../dom.ts';
import { modelFolder } from '../server.ts';

/**
 * The first prototypes of concept k, cut out of the model's sheet, which the browser loads once for all concepts; nothing
 * for tables, or where the model has none.
 */
export function prototypeStrip(manifest: Manifest, k: number): HTMLElement[] {
  const { input, name, files } = manifest;
  const prototypes = files['prototypes'];
  const count = prototypesShown(manifest, k);
  if (input.kind !== 'image' || prototypes === undefined || count === 0) return [];
  const [rows = 0, columns = 0] = prototypeShape(manifest);
  const label = spokenPrototypes(count);
  const strip = element('div', { class: 'prototypes', role: 'img', 'aria-label': label, title: label });
  const href = new URL(prototypes.file, modelFolder(name)).href;
  strip.innerHTML = sheetCell({ href, rows, columns, row: k, count }, input);
  return [strip];
}
