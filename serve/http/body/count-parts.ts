import type { IncomingMessage } from 'node:http';

/**
 * Counts the parts of a form (RFC 2046, §5.1.1) as its bytes pass by. busboy, which reads forms for multer, says nothing of
 * a part that it cannot place, as one without `Content-Disposition`; so whoever has sent it would take it for read.
 */

const BOUNDARY = /;\s*boundary=(?:"([^"]*)"|([^\s;]+))/i;
const [CR, LF, DASH] = [0x0d, 0x0a, 0x2d];

/**
 * To be called before anything of the body is read.
 * @returns how many parts have begun so far; 0 where the header names no boundary
 */
export function countParts(request: IncomingMessage): () => number {
  const [, quoted, plain] = BOUNDARY.exec(request.headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? plain;
  let parts = 0;
  if (boundary === undefined) return () => parts;
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  let rest: Buffer = Buffer.from('\r\n'); // the first delimiter may stand at the very beginning
  let ended = false;
  request.on('data', (chunk: Buffer) => {
    if (ended) return;
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(delimiter, from);
      const next = at + delimiter.length;
      if (at < 0) from = Math.max(from, bytes.length - delimiter.length + 1);
      if (at < 0 || next + 2 > bytes.length) {
        if (at >= 0) from = at;
        break;
      }
      if (bytes[next] === DASH && bytes[next + 1] === DASH) {
        ended = true; // what follows is no part
        break;
      }
      if (bytes[next] === CR && bytes[next + 1] === LF) parts += 1;
      from = next;
    }
    rest = bytes.subarray(from);
  });
  return () => parts;
}
