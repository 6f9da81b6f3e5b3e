import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

/** The TypeScript that README, docs and the head of the browser library show, as a strict reader's compiler sees it. */

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** What the text around a snippet has made already. */
const GIVEN = `
declare const canvas: HTMLCanvasElement;
declare const model: import('@tensorflow/tfjs').LayersModel;
`;

const fenced = (markdown: string): string[] =>
  [...markdown.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code as string);

/** The example at the head of a module. */
function headExample(source: string): string {
  const [, example = ''] = source.match(/^\/\*\*[\s\S]*?@example\n([\s\S]*?) \*\//) ?? [];
  return example.replace(/^ \* ?/gm, '');
}

const documents = [
  'README.md',
  'web-client/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const snippets = [
  ...documents.flatMap((file) => fenced(read(file)).map((code, i) => [`${file}, ${i + 1}`, code] as const)),
  ['web-client/index.ts', headExample(read('web-client/index.ts'))] as const,
];

/** The sources behind the entries of both packages: `senn-onnx/core` is core/index.ts. */
function entries(): Record<string, string[]> {
  const packages = ['package.json', 'web-client/package.json'].map(
    (file) => JSON.parse(read(file)) as { name: string; exports: Record<string, string> },
  );
  return Object.fromEntries(
    packages.flatMap(({ name, exports }) =>
      Object.entries(exports).flatMap(([entry, built]) => {
        const source = join(root, built.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts'));
        return source.endsWith('.ts') && existsSync(source) ? [[entry.replace('.', name), [source]]] : [];
      }),
    ),
  );
}

const options: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  paths: entries(),
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};

/** What the compiler says of each text, as modules of their own. */
function problemsOf(codes: readonly string[]): string[][] {
  const files = new Map([
    [join(root, 'snippets/given.d.ts'), GIVEN],
    ...codes.map((code, i) => [join(root, `snippets/${i}.ts`), code] as const),
  ]);
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => files.has(file) || disk.fileExists(file),
    readFile: (file) => files.get(file) ?? disk.readFile(file),
    getSourceFile: (file, ...rest) => {
      const text = files.get(file);
      return text === undefined
        ? disk.getSourceFile(file, ...rest)
        : ts.createSourceFile(file, text, ts.ScriptTarget.ES2023);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return codes.map((_, i) => {
    const source = program.getSourceFile(join(root, `snippets/${i}.ts`));
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

describe('snippets of TypeScript', () => {
  const [, browser = ''] = snippets.find(([name]) => name.startsWith('README.md')) ?? [];
  const careless = browser.replace('if (prediction !== undefined) ', '');
  let problems: string[][];
  beforeAll(() => {
    problems = problemsOf([...snippets.map(([, code]) => code), careless]);
  });

  it('are found', () => {
    expect(snippets.length).toBeGreaterThanOrEqual(4);
    for (const [, code] of snippets) expect(code).toContain('import ');
  });

  it.each(snippets.map(([name], i) => [name, i] as const))('%s compiles', (_, i) => {
    expect(problems[i]).toEqual([]);
  });

  it('would not compile if they took it for granted that an array has a first element', () => {
    expect(problems.at(-1)).toContain("'prediction' is possibly 'undefined'.");
  });
});
