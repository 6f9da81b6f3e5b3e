import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../core/manifest.ts';
import { modelsRoute } from '../../../../serve/http/routes/models.ts';
import type { Models } from '../../../../serve/inference/served-model.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';

const listed = (manifest: Manifest): Record<string, unknown> => {
  const models = { all: () => [{ manifest, executionProvider: 'cpu' }], versionsOf: () => ['1'] } as unknown as Models;
  let answer: unknown;
  const response = { json: (value: unknown) => (answer = value) } as unknown as Response;
  modelsRoute(models)({} as Request, response, () => {});
  return (answer as { models: Record<string, unknown>[] }).models[0] as Record<string, unknown>;
};

describe('GET /models', () => {
  it('tells of a model what its audit found, in figures and in a sentence', () => {
    const audit = {
      data: 'mnist:validation',
      count: 5000,
      figures: { accuracy: 0.99, 'leak.permuted': 0.76, 'leak.permuted.floor': 0.1, completeness: null },
    };
    expect(listed({ ...fakeManifest, audit })).toMatchObject({
      audit,
      auditSentence: expect.stringContaining('do not carry the decision'),
    });
    expect(listed({ ...fakeManifest, audit: { ...audit, figures: {} } })).not.toHaveProperty('auditSentence');
  });

  it('says nothing of a model that was not audited', () => {
    const model = listed(fakeManifest);
    expect(model).not.toHaveProperty('audit');
    expect(model).not.toHaveProperty('auditSentence');
  });
});
