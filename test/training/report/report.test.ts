import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, textAt } from '../../../core/figure/svg.ts';
import { type EpochMetrics, parseMetrics } from '../../../training/figures/charts/metrics-csv.ts';
import { toHtml } from '../../../training/report/html.ts';
import { escapedMarkdown, toMarkdown } from '../../../training/report/markdown.ts';
import { type RunReportData, runReport } from '../../../training/report/run-report.ts';
import { writeReport } from '../../../training/report/write-report.ts';
import { record } from './record.ts';

const figure = (name: string) => ({
  name,
  title: `Title of ${name} <i>`,
  caption: 'What is *seen* & <b>meant</b>.',
  svg: documentOf([30, 20], [textAt(1, 15, name)]),
});

const epochs = (count: number): EpochMetrics[] =>
  parseMetrics(
    ['epoch,loss', ...Array.from({ length: count }, (_, i) => `${i + 1},${1 / (i + 1)}`)].join('\n'),
    'test',
  );

const data = (change: Partial<RunReportData> = {}): RunReportData => ({
  record,
  epochs: epochs(3),
  counts: { training: 60_000, test: 10_000 },
  environment: { node: 'v22.12.0' },
  figures: [figure('curves'), figure('prototypes')],
  commands: ['npx senn train --config c.json && echo "<done>"'],
  notes: ['Two concepts of <b>eight</b> are | barely used.'],
  ...change,
});

const report = runReport(data());

/** Text that HTML shows, tags gone. */
const shown = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

/** Text that Markdown shows, escapes gone. */
const unescaped = (markdown: string): string => markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1');

it('says of the parts of a KL divergence that they are shifted, and only of them', () => {
  const noteOf = (columns: string) =>
    toMarkdown(runReport(data({ epochs: parseMetrics(`epoch,loss${columns}`, 'test') }))).includes('even below zero');
  expect(noteOf(',totalCorrelation,dimensionWiseKl\n1,3,20,-18')).toBe(true);
  expect(noteOf(',kl\n1,3,2')).toBe(false);
});

describe.each([
  ['Markdown', () => unescaped(toMarkdown(report))],
  ['HTML', () => shown(toHtml(report))],
])('%s', (_, written) => {
  it.each([
    [
      'what was trained',
      ['tiny-disenn 1, a DiSENN with 2 concepts and 3 classes', 'conceptizer.filters', '[16,32]', 'data.validation'],
    ],
    ['the data set', ['mnist:train', 'ab'.repeat(32), '60\u202f000', '10\u202f000', '“<b>&”, “a|b”, “*c*”']],
    ['the figures on the test set', ['accuracy', '98.92', 'cross-entropy', '0.03525', 'nats']],
    ['where it ran', ['wasm', '@tensorflow/tfjs', '4.22.0', 'v22.12.0']],
    ['how to make it again', ['npx senn train --config c.json && echo "<done>"']],
    ['the notes', ['one seed (7)', 'No inputs were held out', 'Two concepts of <b>eight</b> are | barely used.']],
    [
      'the figures',
      ['Figure 1: Title of curves <i>.', 'Figure 2: Title of prototypes <i>.', 'What is *seen* & <b>meant</b>.'],
    ],
  ])('says %s', (_what, parts) => {
    for (const part of parts) expect(written()).toContain(part);
  });
});

describe('toMarkdown', () => {
  it('gives every row of a table its columns', () => {
    const tables = toMarkdown(report)
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThanOrEqual(5);
    for (const table of tables) {
      const bars = table.split('\n').map((line) => line.match(/(?<!\\)\|/g)?.length);
      expect(new Set(bars).size).toBe(1);
    }
  });

  it('refers to figures beside it', () => {
    expect(toMarkdown(report)).toContain('](figures/curves.svg)');
  });

  it.each([
    ['<b>&', '\\<b\\>\\&'],
    ['a|b_c*d', 'a\\|b\\_c\\*d'],
    ['# no heading', '\\# no heading'],
    ['- no item', '\\- no item'],
    ['1. no item', '1\\. no item'],
    ['98.92', '98.92'],
    ['$x$ [y](z) `w` \\', '\\$x\\$ \\[y\\](z) \\`w\\` \\\\'],
    ['two\nlines', 'two lines'],
  ])('writes %j as it is', (text, markdown) => {
    expect(escapedMarkdown(text)).toBe(markdown);
  });

  it('fences commands that hold fences', () => {
    const commands = ['echo "```"'];
    const markdown = toMarkdown(runReport(data({ commands })));
    expect(markdown).toContain('````sh\necho "```"\n````');
  });
});

describe('toHtml', () => {
  const html = toHtml(report);

  it('holds its figures and asks for nothing', () => {
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html).not.toMatch(/<script|<link|<img|\bsrc=|\bon\w+=|url\(/);
    expect(html).toContain("default-src 'none'");
  });

  it('lets no name become markup', () => {
    expect(html).not.toMatch(/<b>|<done>|Title of \w+ <i>/);
  });

  it('is well-formed', async () => {
    const body = html.slice(html.indexOf('<body>'), html.indexOf('</html>'));
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><metadata>${body}</metadata></svg>`;
    await expect(sharp(Buffer.from(svg)).metadata()).resolves.toMatchObject({ format: 'svg' });
  });

  it('reads in the light and in the dark', () => {
    expect(html).toContain('color-scheme: light dark');
    const names = (css: string): string[] => [...css.matchAll(/(--\w+):/g)].map(([, name]) => name as string);
    const [light = '', dark = ''] = [...html.matchAll(/:root \{([^}]*)\}/g)].map(([, css]) => css as string);
    expect(names(dark)).toEqual(names(light));
  });
});

describe('runReport', () => {
  it('is the same for the same data', () => {
    const again = runReport(data());
    expect([toMarkdown(again), toHtml(again)]).toEqual([toMarkdown(report), toHtml(report)]);
  });

  it('tells held-out figures apart, and what they are for', () => {
    const both = parseMetrics('epoch,loss,validation_accuracy\n1,2,0.5\n2,1,\n', 'test');
    const markdown = toMarkdown(runReport(data({ epochs: both })));
    expect(markdown).toContain('accuracy, held out (%)');
    expect(markdown).toContain('| 1 | 2.000 | 50.00 |\n| 2 | 1.000 |  |');
    expect(markdown).toContain('The held-out inputs were taken from the training set.');
    expect(markdown).not.toContain('No inputs were held out');
  });

  it('shows some of many epochs, the first and the last among them, and says so', () => {
    const markdown = toMarkdown(runReport(data({ epochs: epochs(400) })));
    const rows = [...markdown.matchAll(/^\| (\d+) \| [\d.e−]+ \|$/gm)].map(([, epoch]) => Number(epoch));
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([15, 1, 400]);
    expect(markdown).toContain('15 of 400 epochs; metrics.csv has all.');
  });

  it('says whether the concepts carry the decision, of a run that was audited', () => {
    const figures = { accuracy: 0.99, 'leak.permuted': 0.1, 'leak.permuted.floor': 0.1, completeness: null };
    const audited = data({ record: { ...record, audit: { data: 'mnist:validation', count: 6000, figures } } });
    const markdown = toMarkdown(runReport(audited));
    expect(markdown).toContain('## Do the concepts carry the decision?\n\nThe reasons shown are the model’s real ones');
    expect(markdown).toContain('| on mnist:validation, 6000 inputs | value | beside |');
    expect(markdown).toContain('| leak.permuted | 0.1 | floor 0.1 |\n| completeness | – |  |');
    expect(toMarkdown(report)).not.toMatch(/carry|reasons shown/);
  });

  it('has no heading for figures where there are none', () => {
    expect(toMarkdown(runReport(data({ figures: [] })))).not.toContain('## Figures');
  });

  it('refuses a run without epochs', () => {
    expect(() => runReport(data({ epochs: [] }))).toThrow(
      'report: the run tiny-disenn has 0 epochs; needs at least one',
    );
  });
});

describe('writeReport', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes the report and its figures, the same bytes again', async () => {
    const paths = await writeReport(join(folder, 'run'), report);
    expect(paths.map((path) => path.slice(folder.length))).toEqual([
      '/run/figures/curves.svg',
      '/run/figures/prototypes.svg',
      '/run/report.html',
      '/run/report.md',
    ]);
    const read = () => Promise.all(paths.map((path) => readFile(path, 'utf8')));
    const first = await read();
    await writeReport(join(folder, 'run'), runReport(data()));
    expect(await read()).toEqual(first);
    expect((await readdir(join(folder, 'run'))).sort()).toEqual(['figures', 'report.html', 'report.md']);
  });

  it('writes PNGs too where it is told', async () => {
    const paths = await writeReport(folder, report, { png: true });
    const png = paths.find((path) => path.endsWith('curves.png')) as string;
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 60, height: 40 });
  });

  it.each([
    [['../up'], 'figure "../up" must be lower-case letters, digits or "-"'],
    [['same', 'same'], 'figure "same" is there twice'],
  ])('refuses figures named %j, and writes nothing', async (names, message) => {
    await expect(writeReport(folder, runReport(data({ figures: names.map(figure) })))).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });
});
