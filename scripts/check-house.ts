/**
 * The laws of the house that no other linter holds for files of every kind: how long a file may be, how many files lie
 * loose in one room, and that a file opens by saying why it exists. `npm run lint` runs it over what git lists. (Biome
 * counts the lines of JavaScript and CSS only; imports are held by .dependency-cruiser.cjs.)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Fault {
  readonly law: Law;
  /** The file or the folder at fault. */
  readonly path: string;
  readonly message: string;
}

/** What the repository holds of code, tests included; snapshots, documents and models are none. */
export const isCode = (path: string): boolean => /\.(ts|js|mjs|cjs|css|py|sh|html|lua)$/.test(path);

const MOST_LINES = 300;
const MOST_FILES = 12;

/** Houses whose rooms are counted, their own top level among them. */
const HOUSES = ['bench', 'core', 'export', 'serve', 'training', 'web-client'];

const countLines = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

function longFiles(files: readonly SourceFile[]): Omit<Fault, 'law'>[] {
  return files.flatMap(({ path, text }) => {
    const lines = countLines(text);
    return lines > MOST_LINES ? [{ path, message: `has ${lines} lines, at most ${MOST_LINES}; split it` }] : [];
  });
}

function crowdedRooms(files: readonly SourceFile[]): Omit<Fault, 'law'>[] {
  const loose = new Map<string, number>();
  for (const { path } of files) {
    if (!HOUSES.includes(path.split('/')[0] as string)) continue;
    const room = dirname(path);
    loose.set(room, (loose.get(room) ?? 0) + 1);
  }
  return [...loose].flatMap(([path, count]) =>
    count > MOST_FILES ? [{ path, message: `has ${count} loose files, at most ${MOST_FILES}; it is two rooms` }] : [],
  );
}

/** Whether a comment stands at the head of a program, or before the first statement that is no import. */
export function opensWithComment({ path, text }: SourceFile): boolean {
  const program = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const first = program.statements.find((statement) => !ts.isImportDeclaration(statement)) ?? program.endOfFileToken;
  // A shebang is none of the ranges, so what follows it counts as the head.
  const heads = [ts.getShebang(text)?.length ?? 0, first.pos];
  return heads.some((position) => (ts.getLeadingCommentRanges(text, position) ?? []).length > 0);
}

/** Tests are told by what they describe; what they share is told as all else. */
function silentFiles(files: readonly SourceFile[]): Omit<Fault, 'law'>[] {
  return files
    .filter(({ path }) => /\.[mc]?[tj]s$/.test(path) && !path.endsWith('.test.ts'))
    .filter((file) => !opensWithComment(file))
    .map(({ path }) => ({ path, message: 'needs an opening comment that says why it exists' }));
}

export type Law = 'lines' | 'rooms' | 'comment';

const laws = { lines: longFiles, rooms: crowdedRooms, comment: silentFiles } satisfies Record<Law, unknown>;

/** What breaks a law of the house. */
export function houseFaults(files: readonly SourceFile[]): Fault[] {
  const code = files.filter(({ path }) => isCode(path));
  return (Object.keys(laws) as Law[]).flatMap((law) => laws[law](code).map((fault) => ({ law, ...fault })));
}

function main(): void {
  const root = join(import.meta.dirname, '..');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const paths = listed.split('\0').filter((path) => isCode(path) && existsSync(join(root, path)));
  const faults = houseFaults(paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })));
  for (const { path, message } of faults) console.error(`${path}: ${message}`);
  if (faults.length > 0) process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) main();
