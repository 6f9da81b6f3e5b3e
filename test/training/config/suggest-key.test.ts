import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../../training/config/config.ts';
import { referenceConfigSchema } from '../../../training/config/reference/schema.ts';
import { parseStrictly } from '../../../training/config/suggest-key.ts';
import { mnistSenn } from './reference/configs.ts';

const messageOf = (schema: z.ZodType, value: unknown): string => {
  try {
    parseStrictly(schema, value, 'invalid_config', 'it');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('no error');
};

describe('parseStrictly', () => {
  const valid = {
    name: 'tiny',
    seed: 1,
    data: { name: 'mnist' },
    conceptizer: { kind: 'vae', concepts: 2 },
    parameterizer: { kind: 'dense' },
    optimizer: { kind: 'adam', learningRate: 1e-3 },
    epochs: 1,
    batchSize: 2,
  };

  it('gives what the schema gives', () => {
    expect(parseStrictly(configSchema, valid, 'invalid_config', 'it')).toEqual(configSchema.parse(valid));
  });

  it('suggests keys at every depth, also in the branch of a union', () => {
    const wrong = { ...valid, sead: 1, conceptizer: { kind: 'vae', concepts: 2, betta: 4 } };
    const message = messageOf(configSchema, wrong);
    expect(message).toContain('conceptizer: unknown key "betta"; did you mean "beta"?');
    expect(message).toContain('unknown key "sead"; did you mean "seed"?');
  });

  it('says what a choice must be, what it was, and what was meant', () => {
    expect(messageOf(configSchema, { ...valid, conceptizer: { kind: 'vea', concepts: 2 } })).toBe(
      'it: conceptizer.kind: must be "identity", "convolutional", "ones", "vae" or "convolutional-vae", not "vea"; did you mean "vae"?',
    );
    expect(messageOf(z.strictObject({ keep: z.enum(['last', 'best']) }), { keep: 'bestt' })).toBe(
      'it: keep: must be "last" or "best", not "bestt"; did you mean "best"?',
    );
    expect(messageOf(z.strictObject({ keep: z.literal('last') }), {})).toBe('it: keep: is missing; choose "last"');
  });

  it('says what is missing, and of which type a value must be', () => {
    const schema = z.strictObject({ seed: z.int(), rate: z.number(), hidden: z.array(z.int()) });
    expect(messageOf(schema, { rate: '1e-5', hidden: [1.5] })).toBe(
      'it: seed: is missing; must be a number; rate: must be a number, not "1e-5"; hidden.0: must be a whole number, not 1.5',
    );
  });

  it('lists all choices of a long schema, once for several keys', () => {
    const [, { shape }] = referenceConfigSchema.options;
    const message = messageOf(referenceConfigSchema, { ...mnistSenn, xyz: 1, robust_regg: 1, qqq: 1 });
    const known = Object.keys(shape);
    expect(known.length).toBeGreaterThan(40);
    expect(message).toContain(
      `unknown key "xyz"; unknown key "robust_regg"; did you mean "robust_reg"?; unknown key "qqq"; choose ${known.join(', ')}`,
    );
  });

  it('repeats of a long value the beginning', () => {
    expect(messageOf(z.strictObject({ seed: z.int() }), { seed: 'x'.repeat(1e6) }).length).toBeLessThan(300);
  });

  it('lists the choices where no key is near', () => {
    expect(messageOf(z.strictObject({ mean: z.number().optional() }), { xyz: 1 })).toBe(
      'it: unknown key "xyz"; choose mean',
    );
  });

  it('leaves words of the schema alone', () => {
    const schema = z.strictObject({ side: z.literal('left', { error: 'must be left' }) });
    expect(messageOf(schema, { side: 'right' })).toBe('it: side: must be left');
  });
});
