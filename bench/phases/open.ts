import { type Config, configSchema } from '../../training/config/config.ts';
import { parseStrictly } from '../../training/config/suggest-key.ts';

/** What makes a model show what its concepts say, and costs time beside the loss of the papers. */
const ASKED_BESIDES = [
  'readBack',
  'readBackNoise',
  'reclassification',
  'contributionSparsity',
  'decorrelation',
  'depiction',
  'pretraining',
] as const;

/**
 * The networks of a configuration trained as in the papers: θ reads the input, through layers like the conceptizer's, and
 * the loss is `L_y + λ·L_θ + ξ·L_h` alone. @throws invalid_config where the kind has no such θ
 */
export function openTwin(config: Config): Config {
  const kept = Object.entries(config).filter(([key]) => !(ASKED_BESIDES as readonly string[]).includes(key));
  const { conceptizer, parameterizer, ...rest } = Object.fromEntries(kept) as Record<string, Record<string, unknown>>;
  const { convolutions, hidden } = conceptizer ?? {};
  const asConceptizer = convolutions === undefined ? {} : { kind: 'convolutional', convolutions, hidden };
  const open = { ...rest, conceptizer, parameterizer: { ...parameterizer, ...asConceptizer, reads: 'input' } };
  return parseStrictly(configSchema, open, 'invalid_config', `${config.name} with a θ that reads the input`);
}
