import type { ArtefactName } from '../../artefacts/index.ts';
import type { Manifest } from '../../manifest.ts';
import type { Column, Part } from '../column.ts';
import type { FigureModel, FigureOptions } from '../panel.ts';
import { contrasts } from './contrasts.ts';
import { contributions } from './contributions.ts';
import { counterfactual } from './counterfactual.ts';
import { decodedPrototypes } from './decoded-prototypes.ts';
import { prototypes } from './ends/prototypes.ts';
import { traversals } from './traversals.ts';

/**
 * What a figure can show of each concept: one row an artefact, in the order of the columns. An artefact says how it is
 * drawn for each kind of input, or that it is not.
 */

type Drawings = Readonly<Record<Manifest['input']['kind'], Part>>;

const parts = {
  contributions: { image: contributions, tabular: contributions },
  prototypes,
  contrasts,
  decodedPrototypes,
  traversals,
  counterfactual,
} as const satisfies Partial<Record<ArtefactName, Drawings>>;

/** The artefacts that are drawn. */
export type DrawnArtefact = keyof typeof parts;

export const drawnArtefacts = Object.keys(parts) as DrawnArtefact[];

/** The columns of a model: of each artefact among `shown` that it has something to draw for. */
export function columnsOf(
  model: FigureModel,
  options: FigureOptions,
  shown: readonly DrawnArtefact[] = drawnArtefacts,
): Column[] {
  const { artefacts, input } = model.manifest;
  return drawnArtefacts
    .filter((artefact) => shown.includes(artefact) && artefacts.includes(artefact))
    .flatMap((artefact) => parts[artefact][input.kind](model, options) ?? []);
}
