import { describe, expect, it } from 'vitest';
import { predictBodySchema, predictQuerySchema } from '../../core/api.ts';

const issuesOf = (result: { success: boolean; error?: { issues: { path: PropertyKey[]; message: string }[] } }) =>
  (result.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the query of /predict', () => {
  it('has defaults for everything but the artefacts, which are the model’s to say', () => {
    expect(predictQuerySchema.parse({})).toEqual({
      seed: 0,
      steps: 7,
      sheet: false,
      invert: 'auto',
    });
  });

  it.each([
    ['none', []],
    [' none ', []],
    ['concepts', ['concepts']],
    ['contributions,traversals', ['contributions', 'traversals']],
    ['relevances , concepts', ['relevances', 'concepts']],
  ])('reads explain=%s as %j', (text, parts) => {
    expect(predictQuerySchema.parse({ explain: text }).explain).toEqual(parts);
  });

  it.each(['', 'everything', 'none,concepts', 'concepts,', 'Concepts'])(
    'refuses explain=%j and lists the choices',
    (text) => {
      expect(issuesOf(predictQuerySchema.safeParse({ explain: text })).join()).toMatch(
        /^explain.*"none" or a comma list of concepts, relevances, contributions, traversals/,
      );
    },
  );

  it.each([
    ['1', 1],
    ['25', 25],
    ['007', 7],
  ])('reads steps=%s as %i', (text, steps) => {
    expect(predictQuerySchema.parse({ steps: text }).steps).toBe(steps);
  });

  it.each(['0', '-1', '26', '1.5', '', ' ', 'seven', '1e1', '0x5', 'NaN', '99999999999999999999'])(
    'refuses steps=%j',
    (text) => {
      expect(issuesOf(predictQuerySchema.safeParse({ steps: text })).join()).toMatch(/^steps: /);
    },
  );

  it.each([
    [{ step: '3' }, 'step'],
    [{ model: '' }, 'model'],
    [{ contrast: '' }, 'contrast'],
    [{ sheet: 'yes' }, 'sheet'],
    [{ invert: 'maybe' }, 'invert'],
    [{ steps: ['3', '4'] }, 'steps'],
  ])('refuses %j', (query, where) => {
    expect(issuesOf(predictQuerySchema.safeParse(query)).join()).toContain(where);
  });

  it('reads sheet and invert', () => {
    expect(predictQuerySchema.parse({ sheet: '1', invert: 'false' })).toMatchObject({ sheet: true, invert: 'false' });
    expect(predictQuerySchema.parse({ sheet: '0' }).sheet).toBe(false);
  });
});

describe('the JSON body of /predict', () => {
  it('takes images and features, mixed', () => {
    const body = { instances: [{ image: 'AAAA' }, { features: { age: 30, priors: 0.5 } }] };
    expect(predictBodySchema.parse(body)).toEqual(body);
  });

  it.each([
    [{ instances: [{ image: 'data:image/png;base64,AAAA' }] }, 'without a data: prefix'],
    [{ instances: [{ image: 'no base64!' }] }, 'must be base64'],
    [{ instances: [{}] }, 'instances.0: must be { "image"'],
    [{ instances: [{ image: 'AAAA' }, { image: 7 }] }, 'instances.1.image: must be base64'],
    [{ instances: [{ picture: 'AAAA' }] }, 'instances.0: must be { "image"'],
    [{ instances: [{ image: 'AAAA', features: {} }] }, 'instances.0: must be'],
    [{ instances: [{ features: { age: 'old' } }] }, 'instances.0.features.age: must be a number, got "old"'],
    [{ instances: [{ features: { age: null } }] }, 'instances.0.features.age: must be a number, got null'],
    [{ instances: [{ features: { age: [3] } }] }, 'instances.0.features.age: must be a number, got an array of 1'],
    [{ instances: [{ features: 'x'.repeat(1e5) }] }, `must be { "<name>": <number> }, got "${'x'.repeat(40)}"`],
    [{ instances: [] }, 'instances: '],
    [{ instances: 'AAAA' }, 'instances: '],
    [{}, 'instances: '],
    [{ instances: [{ image: 'AAAA' }], model: 'x' }, 'model'],
    [[], ''],
    [null, ''],
  ])('refuses %j and says what was expected', (body, message) => {
    const result = predictBodySchema.safeParse(body);
    expect(result.success).toBe(false);
    expect(issuesOf(result).join()).toContain(message);
  });
});
