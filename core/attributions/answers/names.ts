import { type ArtefactName, artefactNames } from '../../artefacts/index.ts';
import { isBlackBox } from '../../black-box/schema.ts';
import type { Manifest } from '../../manifest.ts';
import type { AttributionName } from '../attribution.ts';
import { attributionNames, attributions } from '../index.ts';

/** What `explain=` may name besides artefacts: attributions that any model can be explained by. */

/** Those that ask nothing but the model's answers, and explain them by its input. */
export const askedAttributions: readonly AttributionName[] = attributionNames.filter((name) => {
  const { needs, over, explains } = attributions[name];
  return needs === 'graph' && over === 'input' && explains !== 'nothing';
});

/** All that may be asked for by name. */
export type ExplainName = ArtefactName | AttributionName;
export const explainNames = [...artefactNames, ...askedAttributions] as [ExplainName, ...ExplainName[]];

export interface ExplainParts {
  readonly artefacts: readonly ArtefactName[];
  readonly attributions: readonly AttributionName[];
}

const isAttribution = (name: ExplainName): name is AttributionName =>
  askedAttributions.includes(name as AttributionName);

const known = new WeakMap<readonly ExplainName[], ExplainParts>();

/** Names as artefacts and attributions, each once; the same lists for the same list, by which others remember things. */
export function explainParts(names: readonly ExplainName[]): ExplainParts {
  const found = known.get(names);
  if (found !== undefined) return found;
  const parts = {
    artefacts: names.filter((name): name is ArtefactName => !isAttribution(name)),
    attributions: askedAttributions.filter((name) => names.includes(name)),
  };
  known.set(names, parts);
  return parts;
}

/** What explains a model where an explanation is asked for and nobody says which: of one that explains itself nothing else. */
export const defaultAttributions = (manifest: Pick<Manifest, 'kind'>): readonly AttributionName[] =>
  isBlackBox(manifest) ? ofBlackBox : ofOthers;
const ofBlackBox: readonly AttributionName[] = ['kernel-shap'];
const ofOthers: readonly AttributionName[] = [];
