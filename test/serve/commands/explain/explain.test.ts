import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { predictResponseSchema } from '../../../../core/api.ts';
import { explainCommand } from '../../../../serve/commands/explain/command.ts';
import { inFolder } from '../../../../training/files/make-folder.ts';
import { tableFeatures, tableRows, writeTableModel } from '../../../helpers/table-model.ts';

/** `senn explain` for a model of tables. */

let directory: string;
let out: string;
let model: string;
const printed: string[] = [];

const rows = tableRows.map((row) => ({
  features: Object.fromEntries(tableFeatures.map(({ name }, f) => [name, row[f] as number])),
}));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-explain-'));
  out = join(directory, 'out', 'figure.png');
  model = join(directory, 'table');
  await writeTableModel(directory);
});
afterAll(() => rm(directory, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

async function file(name: string, content: unknown): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function explain(...args: string[]): Promise<void> {
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  await explainCommand({ inFolder })
    .exitOverride()
    .parseAsync(['--model', model, '--out', out, ...args], { from: 'user' });
}

describe('senn explain', () => {
  it('makes the folder of the figure, and leaves none behind where it refuses', async () => {
    const [row, elsewhere] = [await file('row.json', rows[0]), join(directory, 'no', 'figure.png')];
    await expect(explain(row, '--contrast', 'zebra', '--out', elsewhere)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await readdir(directory)).not.toContain('no');
    await explain(row, '--out', elsewhere);
    expect(await readdir(join(directory, 'no'))).toEqual(['figure.png']);
  });

  it('draws rows of one file and of several, alone, in an array or as /predict takes them', async () => {
    const [one, array, body] = await Promise.all([
      file('one.json', rows[0]),
      file('array.json', rows),
      file('body.json', `\ufeff${JSON.stringify({ instances: rows.slice(0, 2) })}`),
    ]);
    await explain(one, array, body, '--json');
    const { predictions, figure } = JSON.parse(printed.join('\n'));
    expect(figure).toBe(out);
    expect(predictions.map(({ input }: { input: string }) => input)).toEqual([
      one,
      ...rows.map((_, i) => `${array}, row ${i}`),
      `${body}, row 0`,
      `${body}, row 1`,
    ]);
    expect(predictions[0]).toEqual({ ...predictions[1], input: one });
    expect(predictions[0].contributions).toHaveLength(tableFeatures.length + 2);
    expect((await sharp(out).metadata()).format).toBe('png');
  });

  it('says what lies outside the training range', async () => {
    await explain(await file('old.json', { features: { ...rows[0]?.features, age: 82 } }), '--contrast', 'low');
    expect(printed.join('\n')).toMatch(
      /old\.json: .* %\)\n {2}age = 82 is outside the training range, 20 to 70\nwrote /,
    );
  });

  it.each([
    ['{"features": ', 'invalid_json', /must be JSON/],
    ['[]', 'invalid_features', /rows\.json: /],
    ['{"features": {"age": "x"}}', 'invalid_features', /rows\.json: 0\.features\.age: must be a number, got "x"/],
    ['{"feature": {}}', 'invalid_features', /feature/],
    ['7', 'invalid_features', /rows\.json/],
    [
      JSON.stringify([rows[0], { features: { age: 3 } }]),
      'invalid_features',
      /rows\.json, row 1: missing Number_of_Priors/,
    ],
  ])('refuses %s, and leaves neither a figure nor its folder', async (content, code, message) => {
    await rm(join(directory, 'out'), { recursive: true, force: true });
    const path = await file('rows.json', content);
    await expect(explain(path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await readdir(directory)).not.toContain('out');
  });

  it('writes the format that the ending says, with the same numbers', async () => {
    const row = await file('row.json', rows[0]);
    const to = (ending: string): string => join(directory, `figure${ending}`);
    for (const ending of ['.svg', '.html', '.JSON']) await explain(row, '--contrast', 'low', '--out', to(ending));
    const [svg, html, json] = await Promise.all(
      ['.svg', '.html', '.JSON'].map((ending) => readFile(to(ending), 'utf8')),
    );
    expect(svg).toMatch(/^<svg /);
    expect(html).toContain(svg?.trim());
    const { predictions, model: name } = predictResponseSchema.parse(JSON.parse(json as string));
    expect([name, predictions.length]).toEqual(['table', 1]);
    expect(predictions[0]?.contrast?.label).toBe('low');
    expect(svg).toMatch(/“.*” rather than “.*”, mainly because /);
    expect(svg).toContain(`“${predictions[0]?.label}”`);
    expect(predictions[0]?.traversals).toHaveLength(tableFeatures.length + 2);
  });

  it.each(['figure.pdf', 'figure', '.png'])(
    'refuses to write %s before it reads, and says what it can',
    async (name) => {
      await expect(explain('/no/rows.json', '--out', join(directory, 'other', name))).rejects.toMatchObject({
        code: 'invalid_config',
        message: expect.stringMatching(/its ending "(\.pdf|)" must be \.png, \.svg, \.html or \.json/),
      });
      expect(await readdir(directory)).not.toContain('other');
    },
  );

  it('refuses a class that the model does not know before it reads', async () => {
    await expect(explain('/no/rows.json', '--contrast', 'high')).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'contrast "high" must be a class of "table"; choose low, medium or high',
    });
  });

  it('sets concepts, and says what the model says of what that looks like', async () => {
    const row = await file('row.json', rows[0]);
    const json = join(directory, 'set.json');
    await explain(row, '--set', 'standing=0.6', '--set', '0=0.25', '--out', json);
    expect(printed.join('\n')).toMatch(/drawn and read again: (low|medium or high) \(/);
    const { predictions } = predictResponseSchema.parse(JSON.parse(await readFile(json, 'utf8')));
    expect(predictions[0]?.concepts?.[0]).toBe(0.25);
    expect(predictions[0]?.concepts?.at(-1)).toBe(Math.fround(0.6));
    expect(predictions[0]?.features).toHaveLength(tableFeatures.length);
    await expect(explain(row, '--set', 'nose=1', '--out', json)).rejects.toThrow('unknown concept "nose" of "table"');
    await expect(explain(row, '--set', 'standing', '--out', json)).rejects.toThrow('must be CONCEPT=NUMBER');
    await expect(explain(row, '--set', 'standing=x', '--out', json)).rejects.toThrow('must be CONCEPT=NUMBER');
  });

  it('answers with the artefacts that are asked for, a counterfactual among them', async () => {
    const row = await file('row.json', rows[0]);
    const to = (ending: string): string => join(directory, `what-if${ending}`);
    const asked = ['--artefacts', 'concepts,counterfactual', '--contrast', 'medium or high'];
    await explain(row, ...asked, '--out', to('.json'));
    await explain(row, ...asked, '--out', to('.svg'));
    expect(printed.join('\n')).toMatch(/medium or high (at \d|already)/);
    const { predictions } = predictResponseSchema.parse(JSON.parse(await readFile(to('.json'), 'utf8')));
    expect(predictions[0]?.counterfactual?.label).toBe('medium or high');
    expect(predictions[0]).not.toHaveProperty('traversals');
    expect(await readFile(to('.svg'), 'utf8')).toContain('what would make it “medium or high”');
    await expect(explain(row, '--artefacts', 'counterfactual', '--out', to('.json'))).rejects.toThrow('needs contrast');
    await expect(explain(row, '--artefacts', 'smell', '--out', to('.json'))).rejects.toThrow('must be "none" or');
  });

  it('tells of a class without any input, in every format', async () => {
    const to = (ending: string): string => join(directory, `class${ending}`);
    for (const ending of ['.png', '.svg', '.html', '.json']) await explain('--class', 'low', '--out', to(ending));
    expect(printed[0]).toBe('low: 10 training inputs');
    expect(printed[1]).toBe('  age (low): +6.00, 28.6 % of all');
    expect(JSON.parse(await readFile(to('.json'), 'utf8'))).toMatchObject({ label: 'low', count: 10 });
    expect(await readFile(to('.html'), 'utf8')).toContain((await readFile(to('.svg'), 'utf8')).trim());
    expect((await sharp(to('.png')).metadata()).format).toBe('png');
    printed.length = 0;
    await explain('--class', '1', '--json', '--out', to('.json'));
    expect(JSON.parse(printed.join(''))).toMatchObject({
      label: 'medium or high',
      concepts: [{ name: 'standing' }, {}, {}, {}, {}, {}],
    });
    await expect(explain('--class', 'zebra', '--out', to('.json'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(explain('row.json', '--class', 'low', '--out', to('.json'))).rejects.toThrow('leave out row.json');
    await expect(explain('--out', to('.json'))).rejects.toThrow('needs files to explain, or --class');
    await expect(explain('--class', 'low', '--out', to('.pdf'))).rejects.toThrow('its ending ".pdf" must be');
  });
});
