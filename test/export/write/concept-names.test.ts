import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { namedConcepts, readConceptNames } from '../../../export/write/concept-names.ts';
import { targetOf } from '../../../export/write/targets.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { verifyModel } from '../../../serve/commands/verify/verify.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { testModels } from '../../helpers/models.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-names-'));
  file = join(folder, 'names.json');
});
afterAll(() => rm(folder, { recursive: true }));

/** What a file of such content says. */
async function read(content: unknown) {
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readConceptNames(file);
}
const refused = (message: string) => expect.objectContaining({ code: 'invalid_config', message });
const about = (text: string) => refused(expect.stringContaining(text));

describe('a file of names', () => {
  it('gives names and phrases, by index or by present name', async () => {
    const names = await read({ '0': ' slant ', bottom: { name: 'loop', phrase: 'how open the loop is' } });
    const [first, second] = namedConcepts(fakeManifest, names, file);
    expect(first).toEqual({ ...fakeManifest.concepts[0], name: 'slant' });
    expect(second).toEqual({ ...fakeManifest.concepts[1], name: 'loop', phrase: 'how open the loop is' });
  });

  it('gives what an input looks like at either end, and keeps it where the name changes', async () => {
    const ended = namedConcepts(fakeManifest, await read({ top: { low: 'open', high: ' closed ' } }), file);
    expect(ended[0]).toEqual({ ...fakeManifest.concepts[0], ends: { low: 'open', high: 'closed' } });
    const renamed = namedConcepts({ ...fakeManifest, concepts: ended }, await read({ top: 'loop' }), file);
    expect(renamed[0]).toMatchObject({ name: 'loop', ends: { low: 'open', high: 'closed' } });
  });

  it('leaves what it does not tell, and lets two concepts change their names', async () => {
    const phrased = namedConcepts(fakeManifest, await read({ top: { phrase: 'what is above' } }), file);
    expect(phrased[0]).toMatchObject({ name: 'top', phrase: 'what is above' });
    expect(phrased[1]).toBe(fakeManifest.concepts[1]);
    const swapped = namedConcepts(fakeManifest, await read({ top: 'bottom', bottom: 'top' }), file);
    expect(swapped.map(({ name }) => name)).toEqual(['bottom', 'top']);
    const renamed = namedConcepts({ ...fakeManifest, concepts: phrased }, await read({ top: 'upper' }), file);
    expect(renamed[0]).toMatchObject({ name: 'upper', phrase: 'what is above' });
  });

  it.each([
    [{ '0': '' }, 'must not be empty'],
    [{ '0': '  ' }, 'must not be empty'],
    [{ '0': 'x'.repeat(41) }, 'at most 40 characters'],
    [{ '0': 'a\nb' }, 'must be one line'],
    [{ '0': '7' }, 'must not be a number'],
    [{ '0': { phrase: 'x'.repeat(161) } }, 'at most 160 characters'],
    [{ '0': {} }, 'must have a name, a phrase or both ends'],
    [{ '0': { low: 'open' } }, 'must tell both ends'],
    [{ '0': { low: 'open', high: 'x'.repeat(41) } }, 'at most 40 characters'],
    [{ '0': 3 }, 'must be a name or'],
    [{ '0': { name: 'a', nmae: 'x' } }, 'must be a name or'],
    [['slant'], 'must be { "<index or name>"'],
    ['{', 'is not JSON'],
  ])('%j is refused: %s', async (content, text) => {
    await expect(read(content)).rejects.toEqual(about(text));
  });

  it.each([
    [{ '2': 'x' }, 'unknown concept "2"; choose 0 to 1, or top, bottom'],
    [{ botom: 'x' }, 'unknown concept "botom"; choose 0 to 1, or top, bottom; did you mean "bottom"?'],
    [{ '0': 'x', top: 'y' }, '"0" and "top" are the same concept, 0'],
    [{ '0': 'bottom' }, 'concept 1 would be called "bottom", as concept 0 is'],
    [{ '0': 'x', '1': 'x' }, 'concept 1 would be called "x", as concept 0 is'],
  ])('%j does not fit the model: %s', async (content, text) => {
    const names = await read(content);
    expect(() => namedConcepts(fakeManifest, names, 'f.json')).toThrow(refused(`f.json: ${text}`));
  });

  it('of a table keeps the names of concepts that are features, and takes none of them', async () => {
    const feature = (name: string) => ({ name, range: [0, 1] as [number, number] });
    const table: Manifest = {
      ...fakeManifest,
      input: { kind: 'tabular', features: [feature('top'), feature('other')] },
    };
    const phrased = namedConcepts(table, await read({ top: { phrase: 'the first feature' } }), file);
    expect(phrased[0]).toMatchObject({ name: 'top', phrase: 'the first feature' });
    const renamed = await read({ top: 'x' });
    expect(() => namedConcepts(table, renamed, file)).toThrow(about('is the feature "top" itself and keeps its name'));
    const taken = await read({ bottom: 'other' });
    expect(() => namedConcepts(table, taken, file)).toThrow(about('would be called "other", as a feature is'));
  });

  it('that is not there is missing data', async () => {
    await expect(readConceptNames(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'missing_data' });
  });
});

describe('senn export --concept-names', () => {
  it('names the concepts of a model folder in its place, and changes nothing else', async () => {
    const model = join(folder, 'mnist-disenn');
    await cp(join(testModels, 'mnist-disenn'), model, { recursive: true });
    await read({ '0': 'slant', '3': { phrase: 'how open the loop is' } });
    const before = JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8')) as Manifest;
    const { manifest } = await exportRun(model, model, { conceptNames: file });
    expect(manifest.concepts.map(({ name }) => name)).toEqual([
      'slant',
      ...before.concepts.slice(1).map(({ name }) => name),
    ]);
    expect(manifest.concepts[3]?.phrase).toBe('how open the loop is');
    expect({ ...manifest, concepts: 0 }).toEqual({ ...before, concepts: 0 });
    expect((await verifyModel(model, openSession)).checks.every(({ passed }) => passed)).toBe(true);
    // and they stay when it is exported again
    expect((await exportRun(model, model)).manifest.concepts).toEqual(manifest.concepts);
  });

  it('is for model folders', () => {
    expect(targetOf({ source: 'runs/x', out: 'models/x', conceptNames: file })).toMatchObject({
      options: { conceptNames: file },
    });
    for (const request of [
      { source: 'model.json', out: 'm.onnx' },
      { source: 'models/x', triton: 'repository' },
    ]) {
      expect(() => targetOf({ ...request, conceptNames: file })).toThrow(about('--concept-names must not be given'));
    }
  });
});
