import { describe, expect, it } from 'vitest';
import { createInference } from '../../../../serve/inference/engine/inference.ts';
import { UNOPENED } from '../../../../serve/inference/engine/messages.ts';
import { readBundle } from '../../../../serve/models/bundle.ts';
import { modelPath } from '../../fixtures.ts';
import { bare, input } from './inputs.ts';

describe('what runs batches', () => {
  it('says that it has not opened a model that it is not told, then keeps it open while it is served', async () => {
    const { id, files } = await readBundle(modelPath);
    const model = { files, providers: ['cpu'] };
    const inference = createInference();
    const ask = { kind: 'answer', input: input(0), options: bare } as const;
    expect(await inference.run({ id, asks: [ask], live: [id] })).toBe(UNOPENED);
    expect(await inference.run({ id, model, asks: [], live: [id] })).toMatchObject({ ok: true, results: [] });
    expect(await inference.run({ id, asks: [ask], live: [id] })).toMatchObject({ ok: true, results: [{ ok: true }] });
    await inference.run({ id: 'another', model, asks: [], live: ['another'] });
    expect(await inference.run({ id, asks: [ask], live: ['another'] })).toBe(UNOPENED);
    await inference.close();
    expect(await inference.run({ id: 'another', asks: [ask], live: [] })).toBe(UNOPENED);
  });
});
