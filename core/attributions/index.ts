import { parseNameList } from '../text/name-list.ts';
import type { Attribution, AttributionName } from './attribution.ts';
import { contributions } from './contributions.ts';
import { kernelShap } from './kernel-shap.ts';
import { lime } from './lime.ts';
import { occlusion } from './occlusion.ts';
import { random } from './random.ts';

/**
 * Every attribution by its name: what `senn score --attributions` may ask for, in the order of a report. One whose file
 * is there and whose row is not does not compile (see ./attribution.ts).
 */
export const attributions: { readonly [Name in AttributionName]: Attribution<Name> } = {
  contributions,
  occlusion,
  lime,
  'kernel-shap': kernelShap,
  random,
};

export const attributionNames = Object.keys(attributions) as AttributionName[];

/** @param text a comma list of attributions @throws invalid_config where a name is unknown */
export const parseAttributionList = (text: string): AttributionName[] =>
  parseNameList(text, 'attribution', attributionNames);
