import type { AttributionName } from '../../core/attributions/attribution.ts';

/** The explanations that stand side by side, in the order of the tables, and what people call them. */
export const compared = {
  contributions: 'SENN',
  lime: 'LIME',
  'kernel-shap': 'SHAP',
  'integrated-gradients': 'integrated gradients',
  'gradient-input': 'gradient·input',
  saliency: 'saliency',
  occlusion: 'occlusion',
  random: 'random',
} as const satisfies { readonly [Name in AttributionName]?: string };

export type ComparedName = keyof typeof compared;
export const comparedNames = Object.keys(compared) as ComparedName[];

/** `[N]` for each explanation, `null` for an input without a value; no row for one that has none at all. */
export type ByExplanation = { readonly [Name in ComparedName]?: readonly (number | null)[] };
