import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditSentence } from '../../../core/audit/sentence.ts';
import { modelCard, modelCardFor } from '../../../export/write/model-card.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';

const audit = {
  data: 'mnist:validation',
  count: 5000,
  figures: { accuracy: 0.99, 'leak.permuted': 0.1, 'leak.permuted.floor': 0.1, completeness: null },
};
const manifest = { ...fakeManifest, audit, metrics: { testAccuracy: 0.9876 } };

describe('the card of a model', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-card-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('says what the model is, how good, and whether its concepts carry the decision', () => {
    const card = modelCard(manifest);
    expect(card).toContain('# fake\n');
    expect(card).toContain('98.76');
    expect(card).toContain(auditSentence(audit));
    expect(card).toContain('| on mnist:validation, 5000 inputs | value | beside |');
    expect(card).toMatch(/\| leak\.permuted \| 0\.1 \| floor 0\.1 \|/);
    expect(card).toContain('| completeness | – |');
    expect(card).toContain('npx senn verify models/fake');
    expect(modelCard(manifest)).toBe(card);
  });

  it('has no word of an audit that was not made', () => {
    expect(modelCard(fakeManifest)).not.toMatch(/carry|reasons shown/);
  });

  it('replaces one of its own, and never a text of somebody else', async () => {
    const path = join(folder, 'README.md');
    expect(await modelCardFor(folder, manifest)).toEqual({ 'README.md': modelCard(manifest) });
    expect(await modelCardFor(join(folder, 'none'), manifest)).toHaveProperty(['README.md']);
    await writeFile(path, modelCard(fakeManifest));
    expect(await modelCardFor(folder, manifest)).toEqual({ 'README.md': modelCard(manifest) });
    await writeFile(path, `My words.\n${await readFile(path, 'utf8')}`);
    expect(await modelCardFor(folder, manifest)).toEqual({});
  });

  it('refuses a README.md that is no file', async () => {
    await mkdir(join(folder, 'odd', 'README.md'), { recursive: true });
    await expect(modelCardFor(join(folder, 'odd'), manifest)).rejects.toMatchObject({ code: 'missing_data' });
  });
});
