import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonBytes, type JsonValue } from '../../../../serve/answers/json/json-bytes.ts';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

type NoNumber = Exclude<JsonValue, number>;

const number = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const { value: anyValue } = fc.letrec<{ value: NoNumber }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.boolean(),
    fc.array(number, { maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 8 }),
    fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(number, tie('value')), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** Numbers as float32, since a text of one is read as a double beside it. */
const asFloat32 = (_name: string, value: unknown): unknown => (typeof value === 'number' ? Math.fround(value) : value);

describe('JSON as bytes', () => {
  it('is what JSON.stringify says, but for the digits', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 5 }), fc.integer({ min: 0, max: 5000 }), (values, expected) => {
        const json = new JsonBytes(expected);
        const { from, to } = json.addJson(values);
        expect(from).toBe(0);
        expect(to).toBe(json.bytes().length);
        expect(JSON.parse(`[${textOf(json.bytes())}]`, asFloat32)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { numRuns: 3000 },
    );
  });

  it('escapes what must be, and leaves out what is undefined', () => {
    const json = new JsonBytes(0);
    json.addJson([{ 'a"b': 'c\\d\n', none: undefined, é: ['\u{1f600}', '\ud800', ''] }, [], {}, [[[1], [2, 3]], []]]);
    expect(textOf(json.bytes())).toBe('{"a\\"b":"c\\\\d\\n","é":["😀","\\ud800",""]},[],{},[[[1],[2,3]],[]]');
  });

  it('says where each thing lies, whatever was added before', () => {
    const json = new JsonBytes(4);
    const places = [
      json.addText('<é>'),
      json.addJson([{ one: 1 }, 'two']),
      json.addJson([]),
      json.addText('x'.repeat(1000)),
    ];
    const parts = places.map(({ from, to }) => textOf(json.bytes().subarray(from, to)));
    expect(parts).toEqual(['<é>', '{"one":1},"two"', '', 'x'.repeat(1000)]);
  });
});
