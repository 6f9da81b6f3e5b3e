import { decodedPrototypes } from '../../../core/artefacts/decoded-prototypes.ts';
import { lowPrototypes } from '../../../core/artefacts/ends/low-prototypes.ts';
import { prototypes } from '../../../core/artefacts/prototypes.ts';
import { staticShape } from '../../../core/artefacts/static-content.ts';
import { decodedPrototypeLabel, prototypesLabel } from '../../../core/figure/aria-labels.ts';
import { type SheetRow, sheetCell } from '../../../core/figure/cells.ts';
import { PROTOTYPES_SHOWN } from '../../../core/figure/parts/ends/prototypes.ts';
import type { ImageInput } from '../../../core/images/prepare.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { element } from '../dom.ts';
import { modelFolder } from '../server.ts';

/** The images that a static artefact has of one concept, cut out of its sheet, which the browser loads once for all. */

const shown = {
  prototypes: { artefact: prototypes, most: PROTOTYPES_SHOWN, label: prototypesLabel },
  lowPrototypes: {
    artefact: lowPrototypes,
    most: PROTOTYPES_SHOWN,
    label: (count: number) => prototypesLabel(count, 'low'),
  },
  decodedPrototypes: { artefact: decodedPrototypes, most: 1, label: decodedPrototypeLabel },
} as const;

/** @returns nothing for tables, and where the model has none of concept k */
export function staticStrip(manifest: Manifest, name: keyof typeof shown, k: number): HTMLElement[] {
  const { artefact, most, label } = shown[name];
  const counts = artefact.file?.counts(manifest) ?? [];
  const count = Math.min(most, counts[k] ?? 0);
  const file = manifest.files[name];
  if (manifest.input.kind !== 'image' || file === undefined || count === 0) return [];
  const [rows = 0, columns = 0] = staticShape(counts, manifest);
  const strip = element('div', { class: 'prototypes', 'data-artefact': name });
  const href = new URL(file.file, modelFolder(manifest.name)).href;
  paintStrip(strip, label(count), { href, rows, columns, row: k, count }, manifest.input);
  return [strip];
}

/** Shows a part of a sheet in a strip. @param text what is seen */
export function paintStrip(strip: HTMLElement, text: string, part: SheetRow, input: ImageInput): void {
  strip.setAttribute('role', 'img');
  strip.setAttribute('aria-label', text);
  strip.title = text;
  strip.innerHTML = sheetCell(part, input);
}
