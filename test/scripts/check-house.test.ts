import { describe, expect, it } from 'vitest';
import { houseFaults, opensWithComment } from '../../scripts/check-house.ts';

const lines = (count: number, head = '// why\n'): string => head + 'x;\n'.repeat(count - head.split('\n').length + 1);
const file = (path: string, text = '/** Why. */\n') => ({ path, text });
const faultsOf = (...files: { path: string; text: string }[]) =>
  houseFaults(files).map(({ law, path }) => `${law} ${path}`);

describe('the laws of the house', () => {
  it.each(['core/a.ts', 'test/a.test.ts', 'bench/a.py', 'web-client/a.css', 'scripts/a.sh', 'a.cjs', 'a.html'])(
    '%s has at most 300 lines, whether the last one ends or not',
    (path) => {
      expect(faultsOf(file(path, lines(300)))).toEqual([]);
      expect(faultsOf(file(path, lines(301)))).toEqual([`lines ${path}`]);
      expect(faultsOf(file(path, lines(301).slice(0, -1)))).toEqual([`lines ${path}`]);
    },
  );

  it('documents, snapshots and models may be long', () => {
    expect(faultsOf(...['docs/a.md', 'a.html.snap', 'models/a.json'].map((path) => file(path, lines(900))))).toEqual(
      [],
    );
  });

  it('a room has at most 12 loose files, those of its inner rooms not counted', () => {
    const room = (count: number, folder: string) =>
      Array.from({ length: count }, (_, i) => file(`${folder}/file-${i}.ts`));
    expect(faultsOf(...room(12, 'serve'), ...room(12, 'serve/http'))).toEqual([]);
    expect(faultsOf(...room(13, 'serve'), ...room(13, 'serve/http'))).toEqual(['rooms serve', 'rooms serve/http']);
    expect(faultsOf(...room(13, 'test/serve'), ...room(13, 'scripts'))).toEqual([]);
  });

  it.each([
    ['at the head', '/** Why. */\nimport a from "a";\n', true],
    [
      'after the imports',
      'import a from "a";\nimport {\n  b,\n} from "b";\n\n/** Why. */\nexport const c = a + b;\n',
      true,
    ],
    ['in one line', '// Why.\nexport const c = 1;\n', true],
    ['after a shebang', '#!/usr/bin/env node\n// Why.\nimport "a";\n', true],
    ['beside imports alone', 'import "a";\n// Why.\n', true],
    ['nowhere', 'import a from "a";\n\nexport const c = a;\n', false],
    ['on the second statement', 'const c = 1;\n/** Why. */\nexport const d = c;\n', false],
    ['in a text', 'export const c = "/** no */";\n', false],
  ])('an opening comment %s', (_, text, opens) => {
    expect(opensWithComment(file('core/a.ts', text))).toBe(opens);
  });

  it('every program opens with a comment but a test', () => {
    const silent = (path: string) => file(path, 'x();\n');
    expect(faultsOf(silent('core/a.ts'), silent('a.mjs'), silent('test/a.test.ts'), silent('a.css'))).toEqual([
      'comment core/a.ts',
      'comment a.mjs',
    ]);
  });
});
