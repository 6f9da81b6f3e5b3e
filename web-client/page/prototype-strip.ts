import { prototypeShape } from '../../core/artefacts/prototypes.ts';
import type { Manifest } from '../../core/manifest.ts';
import { element } from './dom.ts';
import { modelFolder } from './server.ts';

/** Of a concept, those that activate it most. */
const SHOWN = 3;

/** The first prototypes of concept k, cut out of the model's sheet; nothing for tables, or where the model has none. */
export function prototypeStrip(manifest: Manifest, k: number): HTMLElement[] {
  const { concepts, input, name, files } = manifest;
  const prototypes = files['prototypes'];
  const count = Math.min(SHOWN, concepts[k]?.prototypes.length ?? 0);
  if (input.kind !== 'image' || prototypes === undefined || count === 0) return [];
  const [K = 0, P = 0] = prototypeShape(manifest);
  const label = `its prototypes: ${count} training images that activate it most`;
  const strip = element('div', { class: 'prototypes', role: 'img', 'aria-label': label, title: label });
  const { style } = strip;
  style.backgroundImage = `url("${new URL(prototypes.file, modelFolder(name)).href}")`;
  style.backgroundSize = `${(100 * P) / count}% ${100 * K}%`;
  style.backgroundPosition = `0 ${K === 1 ? 0 : (100 * k) / (K - 1)}%`;
  style.aspectRatio = `${count * input.width} / ${input.height}`;
  return [strip];
}
