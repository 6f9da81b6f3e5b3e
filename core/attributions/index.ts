import { isBlackBox } from '../black-box/schema.ts';
import { SennError } from '../errors.ts';
import type { GraphName, Manifest } from '../manifest.ts';
import { predictingGraphs } from '../predictor.ts';
import { parseNameList } from '../text/name-list.ts';
import type { Attribution, AttributionName } from './attribution.ts';
import { contributions } from './contributions.ts';
import { gradientInput } from './gradient-input.ts';
import { integratedGradients } from './integrated-gradients.ts';
import { kernelShap } from './kernel-shap.ts';
import { lime } from './lime.ts';
import { occlusion } from './occlusion.ts';
import { random } from './random.ts';
import { saliency } from './saliency.ts';
import { hasGradient, withoutGradient } from './shared/gradient.ts';
import { smoothgrad } from './smoothgrad.ts';

/**
 * Every attribution by its name: what `senn score --attributions` may ask for, in the order of a report. One whose file
 * is there and whose row is not does not compile (see ./attribution.ts).
 */
export const attributions: { readonly [Name in AttributionName]: Attribution<Name> } = {
  contributions,
  occlusion,
  lime,
  'kernel-shap': kernelShap,
  saliency,
  'gradient-input': gradientInput,
  'integrated-gradients': integratedGradients,
  smoothgrad,
  random,
};

export const attributionNames = Object.keys(attributions) as AttributionName[];

/** @param text a comma list of attributions @throws invalid_config where a name is unknown */
export const parseAttributionList = (text: string): AttributionName[] =>
  parseNameList(text, 'attribution', attributionNames);

/** The graphs that a model must have open for these attributions, besides predictions. */
export function attributingGraphs(manifest: Manifest, names: readonly AttributionName[]): GraphName[] {
  const asksGradient = names.some((name) => attributions[name].needs === 'gradient');
  return [...predictingGraphs(manifest), ...(asksGradient ? (['gradient'] as const) : [])];
}

/** @throws invalid_config where one needs the gradient and the model has no graph of it, or concepts and it has none */
export function checkAttributions(manifest: Manifest, names: readonly AttributionName[]): void {
  const ofConcepts = names.find((one) => attributions[one].over === 'concepts');
  if (ofConcepts !== undefined && isBlackBox(manifest)) {
    throw new SennError(
      'invalid_config',
      `${ofConcepts}: model "${manifest.name}" is a black box and has no concepts; ask for attributions of its input`,
      { model: manifest.name, attribution: ofConcepts },
    );
  }
  const name = names.find((one) => attributions[one].needs === 'gradient');
  if (name === undefined || hasGradient(manifest)) return;
  throw withoutGradient('invalid_config', name, manifest);
}
