import { pino } from 'pino';
import { expect, it } from 'vitest';
import { peopleLines } from '../../../serve/observe/people-lines.ts';

/** The log as people read it on a terminal. */

function linesOf(write: (logger: ReturnType<typeof pino>) => void): string {
  const format = peopleLines({ colours: false });
  let text = '';
  write(
    pino(
      { timestamp: () => ',"time":0' },
      {
        write: (json: string) => {
          text += format(json);
        },
      },
    ),
  );
  return text.replaceAll(/^\[\d\d:\d\d:\d\d\] /gm, '');
}

it('says what happened, then what it is about', () => {
  const versions = ['1', '2'];
  expect(linesOf((log) => log.info({ model: 'a', versions }, 'a model is served'))).toBe(
    'INFO: a model is served model=a versions=["1","2"]\n',
  );
});

it('says of a request what was asked, the answer and how long it took', () => {
  const request = {
    req: { id: 'abc', method: 'POST', url: '/predict?explain=none' },
    res: { statusCode: 200 },
    ...{ route: '/predict', client: 'b1e6c9f8', traceId: '0', jobs: [{ model: 'a' }], responseTime: 6.0912 },
  };
  expect(linesOf((log) => log.info(request, 'request completed'))).toBe(
    'INFO: POST /predict?explain=none 200 in 6.09 ms\n',
  );
  expect(linesOf((log) => log.warn({ ...request, refused: 3 }, 'requests are refused'))).toBe(
    'WARN: POST /predict?explain=none 200 in 6.09 ms requests are refused refused=3\n',
  );
  expect(linesOf((log) => log.child({ req: { id: 'abc' } }).info({ code: 'unknown_model' }, 'unknown model'))).toBe(
    'INFO: unknown model code=unknown_model request=abc\n',
  );
});

it('shows where an error comes from', () => {
  const text = linesOf((log) => log.error({ err: new Error('bad') }, 'it failed'));
  expect(text).toMatch(/^ERROR: it failed/);
  expect(text).toContain('Error: bad');
  expect(text).toContain('people-lines.test.ts');
});

it('writes out what a terminal would obey: texts of clients never move the cursor, nor begin a line', () => {
  for (const bad of ['\u001b[2J', '\r', '\n[00:00:00] ERROR: all is lost', '\u009b31m', '\u202e', '\u2028', '\u007f']) {
    const text = linesOf((log) => {
      log.info({ model: bad, req: { id: bad, method: bad, url: bad } }, bad);
      log.info({ req: { id: bad, method: bad, url: bad }, res: { statusCode: 200 } }, 'request completed');
    });
    expect(text).not.toContain(bad);
    expect(text.match(/\n/g)).toHaveLength(2);
    const inError = linesOf((log) => log.error({ err: Object.assign(new Error(bad), { path: bad }) }, 'failed'));
    expect(inError).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\u2028]|^\[/u);
  }
});
