import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ErrorCode, errorCodes, fromZodError, SennError } from '../../core/errors.ts';
import { withErrorsTable } from '../../scripts/errors-table.ts';

describe('the table of errors', () => {
  const codes = Object.keys(errorCodes) as ErrorCode[];

  it.each(codes)('%s answers with a 4xx or a 5xx', (code) => {
    expect(errorCodes[code].status).toBeGreaterThanOrEqual(400);
    expect(errorCodes[code].status).toBeLessThan(600);
  });

  it('ends the command with 2 where it was used wrongly, else with 1', () => {
    expect(codes.filter((code) => errorCodes[code].exitCode === 2)).toEqual([
      'unsupported_input',
      'invalid_config',
      'unknown_data_set',
      'missing_data',
    ]);
    expect(codes.filter((code) => ![1, 2].includes(errorCodes[code].exitCode))).toEqual([]);
  });

  it('names codes in snake case', () => {
    expect(codes.filter((code) => !/^[a-z]+(_[a-z]+)*$/.test(code))).toEqual([]);
  });
});

describe('SennError', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])(
    '%s carries its code, status, exit code, details and cause',
    (code) => {
      const { status, exitCode } = errorCodes[code];
      const cause = new Error('under it');
      const error = new SennError(code, 'why', { got: 1 }, cause);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: 'SennError', code, status, exitCode, details: { got: 1 }, cause });
    },
  );

  it('has no cause unless it is given one', () => {
    expect('cause' in new SennError('internal', 'why')).toBe(false);
  });
});

describe('fromZodError', () => {
  it('says every issue with its path, in words and as data', () => {
    const schema = z.strictObject({
      a: z.strictObject({ b: z.number('must be a number') }),
      c: z.string('must be text'),
    });
    const { error } = schema.safeParse({ a: { b: 'x' } });
    const known = fromZodError('invalid_request', 'somewhere', error as z.ZodError);
    expect(known.message).toBe('somewhere: a.b: must be a number; c: must be text');
    expect(known.details).toEqual({
      issues: [
        { path: 'a.b', message: 'must be a number' },
        { path: 'c', message: 'must be text' },
      ],
      count: 2,
    });
  });

  it('says the first ten of many, shortened, and how many there are', () => {
    const issues = Array.from({ length: 100_000 }, (_, i) => ({
      path: [i, 'k'.repeat(1e4)],
      message: 'm'.repeat(1e4),
    }));
    const { message, details } = fromZodError('invalid_request', 'body', { issues });
    expect(message).toMatch(/; and 99990 more$/);
    expect(details).toMatchObject({ issues: { length: 10 }, count: 100_000 });
    expect(message.length + JSON.stringify(details).length).toBeLessThan(10_000);
  });
});

describe('docs/errors.md', () => {
  it('has the table of codes as it is (npm run docs:errors)', async () => {
    const text = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    expect(text).toBe(withErrorsTable(text));
    const told = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| (\d) \| (.+) \|$/gm)].map(
      ([, code, status, exitCode, meaning]) => [code, { status: Number(status), exitCode: Number(exitCode), meaning }],
    );
    expect(Object.fromEntries(told)).toEqual(errorCodes);
    expect(told).toHaveLength(Object.keys(errorCodes).length);
  });
});
