import type { Manifest } from '../../manifest.ts';
import type { Column, Part } from '../column.ts';
import type { FigureModel, FigureOptions } from '../panel.ts';
import { contributions } from './contributions.ts';
import { decodedPrototypes } from './decoded-prototypes.ts';
import { prototypes } from './prototypes.ts';
import { traversals } from './traversals.ts';

/**
 * What a figure can show of each concept: one row an artefact, in the order of the columns. An artefact says how it is
 * drawn for each kind of input, or that it is not.
 */

/** The artefacts that are drawn, by the names that a manifest gives them. */
export type DrawnArtefact = 'prototypes' | 'decoded-prototypes' | 'traversals' | 'contributions';

type Drawings = Readonly<Record<Manifest['input']['kind'], Part>>;

const none: Part = () => undefined;

const parts = {
  prototypes,
  'decoded-prototypes': { image: decodedPrototypes, tabular: none },
  traversals,
  contributions: { image: contributions, tabular: contributions },
} as const satisfies Record<DrawnArtefact, Drawings>;

export const drawnArtefacts = Object.keys(parts) as DrawnArtefact[];

/** The columns of a model: of each artefact among `shown` that it has something to draw for. */
export function columnsOf(
  model: FigureModel,
  options: FigureOptions,
  shown: readonly DrawnArtefact[] = drawnArtefacts,
): Column[] {
  const { kind } = model.manifest.input;
  return drawnArtefacts
    .filter((artefact) => shown.includes(artefact))
    .flatMap((artefact) => parts[artefact][kind](model, options) ?? []);
}
