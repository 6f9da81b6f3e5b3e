import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { repeated } from '../experiments/sweep/repeated.ts';
import { renderPng } from '../figures/png.ts';
import { type Files, writeWhole } from '../files/folders.ts';
import { figurePath, type Report, type ReportFigure } from './document.ts';
import { toHtml } from './html.ts';
import { toMarkdown } from './markdown.ts';

/** Writes a report as Markdown and HTML, with its figures beside it. */

export interface ReportOptions {
  /** Also every figure as a PNG, for what takes no SVG; the machine must have a font. Default `false`. */
  readonly png?: boolean;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** @throws invalid_config for a name that is no bare file name, or that two figures share */
function checkNames(figures: readonly ReportFigure[]): void {
  const names = figures.map(({ name }) => name);
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined) {
    throw new SennError('invalid_config', `report: figure "${odd}" must be lower-case letters, digits or "-"`);
  }
  const twice = repeated(names);
  if (twice !== undefined) throw new SennError('invalid_config', `report: figure "${twice}" is there twice`);
}

/**
 * The files of a report, by their paths in its folder: the figures, `report.html` that holds them, and `report.md` that
 * refers to them. The same report gives the same bytes; only the letters of a PNG are the machine's own.
 * @throws invalid_config, and with `png` missing_data where no font is installed
 */
export async function reportFiles(report: Report, { png = false }: ReportOptions = {}): Promise<Files> {
  const figures = report.blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : []));
  checkNames(figures);
  const drawn = await Promise.all(
    (png ? figures : []).map(async (figure) => [figurePath(figure, 'png'), await renderPng(figure.svg)] as const),
  );
  return {
    ...Object.fromEntries(figures.map((figure) => [figurePath(figure, 'svg'), figure.svg])),
    ...Object.fromEntries(drawn),
    'report.html': toHtml(report),
    'report.md': toMarkdown(report),
  };
}

/**
 * Writes a report into a folder, beside what is there: each file as a whole or not at all, the text after its figures.
 * @returns the paths of the files
 * @throws as `reportFiles`
 */
export async function writeReport(folder: string, report: Report, options: ReportOptions = {}): Promise<string[]> {
  const files = await reportFiles(report, options);
  const paths: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await writeWhole(path, content as Uint8Array | string);
    paths.push(path);
  }
  return paths;
}
