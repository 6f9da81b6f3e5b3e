/** Texts in one piece of memory. */
export interface Texts {
  /** @returns where it will lie, in bytes */
  add(text: string): { readonly from: number; readonly to: number };
  /** All that have been added, in UTF-8. */
  bytes(): Uint8Array<ArrayBuffer>;
}

export function joinedTexts(): Texts {
  const texts: string[] = [];
  let length = 0;
  return {
    add(text) {
      const from = length;
      texts.push(text);
      length += Buffer.byteLength(text);
      return { from, to: length };
    },
    bytes() {
      const buffer = Buffer.from(new ArrayBuffer(length)); // no part of a pool, which could not be handed over
      let at = 0;
      for (const text of texts) at += buffer.write(text, at);
      return buffer;
    },
  };
}
