import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pickMembers } from '../../../../serve/http/protocols/v1/members.ts';

const names = ['label', 'index', 'warnings', 'images'];
/** With texts that look like JSON, and end in backslashes. */
const value = fc.oneof(fc.jsonValue(), fc.constantFrom('\\', '"', '\\"', '{"label":', '],}', 'é🙂', '\\\\'));
const objects = fc.array(
  fc.dictionary(fc.oneof(fc.constantFrom(...names, 'other'), fc.stringMatching(/^\w*$/)), value),
);

it('gives what parsing and picking gives', () => {
  fc.assert(
    fc.property(objects, fc.subarray(names), fc.boolean(), (values, wanted, spaced) => {
      const json = JSON.stringify(values, undefined, spaced ? 1 : 0)
        .trim()
        .slice(1, -1);
      const expected = (JSON.parse(JSON.stringify(values)) as Record<string, unknown>[]).map((object) =>
        Object.fromEntries(Object.entries(object).filter(([name]) => wanted.includes(name))),
      );
      expect(JSON.parse(pickMembers(Buffer.from(json), new Set(wanted)))).toEqual(expected);
    }),
    { numRuns: 1000, seed: 1 },
  );
});
