import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../core/manifest.ts';
import { modelsRoute } from '../../../../serve/http/routes/models.ts';
import type { Models } from '../../../../serve/inference/served-model.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';

const listed = async (manifest: Manifest): Promise<Record<string, unknown>> => {
  const models = { all: () => [{ manifest, executionProvider: 'cpu' }], versionsOf: () => ['1'] } as unknown as Models;
  let answer = '';
  const send = (body: Buffer) => (answer = String(body));
  const response = { type: () => {}, vary: () => {}, set: () => {}, send } as unknown as Response;
  await modelsRoute(models)({ headers: {} } as Request, response, () => {});
  return (JSON.parse(answer) as { models: Record<string, unknown>[] }).models[0] as Record<string, unknown>;
};

describe('GET /models', () => {
  it('tells of a model what its audit found, in figures and in a sentence', async () => {
    const audit = {
      data: 'mnist:validation',
      count: 5000,
      figures: { accuracy: 0.99, 'leak.permuted': 0.76, 'leak.permuted.floor': 0.1, completeness: null },
    };
    expect(await listed({ ...fakeManifest, audit })).toMatchObject({
      audit,
      auditSentence: expect.stringContaining('Do not trust the reasons shown'),
    });
    expect(await listed({ ...fakeManifest, audit: { ...audit, figures: {} } })).not.toHaveProperty('auditSentence');
  });

  it('says nothing of a model that was not audited', async () => {
    const model = await listed(fakeManifest);
    expect(model).not.toHaveProperty('audit');
    expect(model).not.toHaveProperty('auditSentence');
  });
});
