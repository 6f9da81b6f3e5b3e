/** Base64 (RFC 4648, §4) as clients write it: with its padding, and with line breaks or without. */

const LETTER = 1;
const SPACE = 2;
const PAD = '='.charCodeAt(0);
const kinds = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  kinds[letter.charCodeAt(0)] = LETTER;
}
for (const space of ' \t\r\n') kinds[space.charCodeAt(0)] = SPACE;

const UNBROKEN = /^[A-Za-z0-9+/]*={0,2}$/;

/** Whether the text is base64: whole groups of four, padded at the end alone. */
export function isBase64(text: string): boolean {
  if (text.length % 4 === 0 && UNBROKEN.test(text)) return true;
  return /\s/.test(text) && isBroken(text);
}

/** Whether it is base64 between its line breaks: one look at each character, however many breaks there are. */
function isBroken(text: string): boolean {
  let letters = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = kinds[code];
    if (kind === LETTER && padding === 0) letters += 1;
    else if (code === PAD) padding += 1;
    else if (kind !== SPACE) return false;
  }
  return padding <= 2 && (letters + padding) % 4 === 0;
}
