/**
 * Picks members out of JSON without parsing it. `:explain` answers each prediction twice, once without its explanation.
 * To parse thousands of small images only to leave them out would hold the event loop for tens of milliseconds.
 */

const code = (character: string): number => character.charCodeAt(0);
const [QUOTE, BACKSLASH, COMMA] = [code('"'), code('\\'), code(',')];
const opening: readonly number[] = [code('{'), code('[')];
const closing: readonly number[] = [code('}'), code(']')];

/** @param start where the string's first quote is @returns where its last one is */
function endOfString(json: Buffer, start: number): number {
  for (let end = json.indexOf(QUOTE, start + 1); end >= 0; end = json.indexOf(QUOTE, end + 1)) {
    let first = end;
    while (json[first - 1] === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return json.length;
}

/**
 * Each object with only its members of the given names, their texts unchanged.
 * @param objects valid JSON of objects, with commas and without brackets; names without escapes
 * @returns a JSON array
 */
export function pickMembers(objects: Uint8Array, names: ReadonlySet<string>): string {
  const json = Buffer.from(objects.buffer, objects.byteOffset, objects.byteLength);
  const picked: string[] = [];
  let members: string[] = [];
  let depth = 0;
  let start = -1;
  const finish = (end: number): void => {
    const name = start < 0 ? '' : json.toString('utf8', start + 1, json.indexOf(QUOTE, start + 1));
    if (names.has(name)) members.push(json.toString('utf8', start, end));
    start = -1;
  };
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      if (depth === 1 && start < 0) start = at;
      at = endOfString(json, at);
    } else if (byte === COMMA) {
      if (depth === 1) finish(at);
    } else if (opening.includes(byte)) {
      depth += 1;
    } else if (closing.includes(byte)) {
      if (depth === 1) {
        finish(at);
        picked.push(`{${members.join(',')}}`);
        members = [];
      }
      depth -= 1;
    }
  }
  return `[${picked.join(',')}]`;
}
