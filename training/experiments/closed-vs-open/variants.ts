import { SennError } from '../../../core/errors.ts';
import { type Config, configSchema } from '../../config/config.ts';
import { parseStrictly } from '../../config/suggest-key.ts';
import type { Reads } from '../../config/theta.ts';
import type { DisennConfig } from '../../kinds/disenn/config.ts';
import type { SennConfig } from '../../kinds/senn/config.ts';
import type { Setting } from '../sweep/sweep.ts';

/** The configurations that are held against each other: closed and open ones, and controls whose concepts know nothing. */

/** A kind whose θ may read different things. */
type Readable = SennConfig | DisennConfig;
type Parts = Readonly<Record<string, unknown>>;

/** @throws invalid_config where the kind of model has no θ that could read anything else */
export function readable(config: Config, path: string): Readable {
  if ('parameterizer' in config && 'conceptizer' in config) return config;
  throw new SennError(
    'invalid_config',
    `${path}: its kind "${config.kind}" has no θ that reads the concepts or the input`,
  );
}

/** A part of a configuration changed. */
const changed = (config: Parts, part: string, change: Parts): Parts => ({
  ...config,
  [part]: { ...(config[part] as Parts), ...change },
});

/**
 * The same model with a θ that reads something else. Of images θ gets the layers of the conceptizer, so that it sees as
 * well as the concepts do; a θ that reads concepts is dense.
 */
function reading(config: Parts, reads: Reads): Parts {
  const { parameterizer, conceptizer } = config as { parameterizer: Parts; conceptizer: Parts };
  if (parameterizer['reads'] === reads) return config;
  const { convolutions: _, ...rest } = parameterizer;
  const images = conceptizer['convolutions'] !== undefined && reads !== 'concepts';
  const body = images
    ? { kind: 'convolutional', convolutions: conceptizer['convolutions'], hidden: [256] }
    : { kind: 'dense' };
  const robustness = reads === 'concepts' ? {} : { scale: 'absolute' };
  return changed({ ...config, parameterizer: { ...rest, ...body, reads } }, 'robustness', robustness);
}

/** What a sweep may vary, and how a configuration takes it. */
const dimensions = {
  reads: (config, value) => reading(config, String(value) as Reads),
  concepts: (config, value) => changed(config, 'conceptizer', { concepts: value }),
  beta: (config, value) => changed(config, 'conceptizer', { beta: value }),
  lambda: (config, value) => changed(config, 'robustness', { weight: value }),
  readBack: (config, value) => ({ ...config, readBack: value, ...(value === 0 && { readBackNoise: 0 }) }),
  readBackNoise: (config, value) => ({ ...config, readBackNoise: value }),
  conceptWeight: (config, value) => ({ ...config, conceptWeight: value }),
  decorrelation: (config, value) => ({ ...config, decorrelation: value }),
} satisfies Record<string, (config: Parts, value: string | number) => Parts>;

export type Dimension = keyof typeof dimensions;
export const dimensionNames = Object.keys(dimensions) as Dimension[];

/** The values that each dimension takes; one that is absent stays as the configuration has it. */
export type Grid = Readonly<Partial<Record<Dimension, readonly (string | number)[]>>>;

/** `reads=input,concepts` and so on. @throws invalid_config */
export function parseGrid(given: readonly string[]): Grid {
  const entries = given.map((text) => {
    const [name = '', list = ''] = text.split('=');
    if (!(dimensionNames as string[]).includes(name) || list === '') {
      throw new SennError(
        'invalid_config',
        `--vary ${text}: must be NAME=VALUE,… with a name of ${dimensionNames.join(', ')}`,
      );
    }
    const values = list.split(',').map((value) => (name === 'reads' ? value : Number(value)));
    if (values.some((value) => typeof value === 'number' && !Number.isFinite(value))) {
      throw new SennError('invalid_config', `--vary ${text}: must be numbers`);
    }
    return [name, values] as const;
  });
  if (new Set(entries.map(([name]) => name)).size < entries.length) {
    throw new SennError('invalid_config', `--vary ${given.join(' --vary ')}: names a dimension twice`);
  }
  return Object.fromEntries(entries);
}

export interface Variant {
  /** What it is called in figures and tables. */
  readonly setting: Setting;
  readonly config: Config;
}

const titles: Record<Reads, string> = {
  input: 'open: θ reads x',
  reconstruction: 'closed: θ reads dec(h)',
  concepts: 'closed: θ reads h',
};

const checked = (config: Parts, where: string): Config => parseStrictly(configSchema, config, 'invalid_config', where);

/** Every combination of the grid. */
function combinations(config: Readable, grid: Grid, where: string): Variant[] {
  const varied: Grid = { reads: ['input', 'concepts'], ...grid };
  let variants: { readonly setting: Setting; readonly config: Parts }[] = [{ setting: {}, config: config as Parts }];
  for (const name of dimensionNames) {
    const values = varied[name];
    if (values === undefined) continue;
    variants = variants.flatMap((variant) =>
      values.map((value) => ({
        setting: { ...variant.setting, [name]: value },
        config: dimensions[name](variant.config, value),
      })),
    );
  }
  return variants.map((variant) => {
    const whole = checked(variant.config, where) as Readable;
    return { setting: { model: titles[whole.parameterizer.reads], ...variant.setting }, config: whole };
  });
}

/** What a control leaves out: whatever needs a concept that knows something. */
const without = {
  kind: 'senn',
  readBack: 0,
  readBackNoise: 0,
  depiction: undefined,
  reclassification: 0,
  contributionSparsity: 0,
  decorrelation: 0,
  pretraining: undefined,
  conceptNames: undefined,
};

/** h ≡ 1 in the place of the concepts: with as many as the model has, and with one, which is a plain network. */
function controls(config: Readable, grid: Grid, where: string): Variant[] {
  const open = changed(reading(config as Parts, 'input'), 'robustness', { weight: 0 });
  const control = (model: string, concepts: number): Variant => ({
    setting: { model, ...Object.fromEntries(Object.keys(grid).map((name) => [name, '–'])), reads: 'input' },
    config: checked({ ...open, ...without, conceptizer: { kind: 'ones', concepts } }, where),
  });
  const { conceptizer } = config;
  return [...('concepts' in conceptizer ? [control('h = 1', conceptizer.concepts)] : []), control('black box', 1)];
}

/** What is trained: the grid, then the controls. @param where names the configuration in errors */
export function variantsOf(config: Readable, grid: Grid, where: string): Variant[] {
  return [...combinations(config, grid, where), ...controls(config, grid, where)];
}
