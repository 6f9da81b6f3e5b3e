import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import Negotiator from 'negotiator';
import { SennError } from '../../core/errors.ts';
import { memoizedOf } from '../memo.ts';
import { sharesMemory } from './connections/unread.ts';

/**
 * Content codings (RFC 9110, §8.4.1): what is large and does not change between requests is sent compressed to whoever
 * takes that. The page is compressed when it is built (routes/page.ts); what lies in memory, here. What is made for one
 * request goes as it is: compressing an answer takes longer than making most of them.
 */

/** The codings that are offered, best first. Browsers take `br` over HTTPS and from localhost only, `gzip` everywhere. */
export const codings = ['br', 'gzip'] as const;
export type Coding = (typeof codings)[number];

/** How many bytes a coded body has once it is decoded: `Content-Length` is of what is sent, and progress needs both. */
export const DECODED_LENGTH = 'X-Decoded-Content-Length';

/** Characters of `Accept-Encoding` that are looked at: browsers send some thirty. */
const MOST = 256;

/** A compressed body that is not smaller than this share of the plain one is not worth its decoding. */
const WORTH = 0.95;

/** Negotiator takes `preferred` since version 1.0; its types are older. */
type PreferredEncodings = (
  available: readonly string[],
  options: { readonly preferred: readonly string[] },
) => string[];

/**
 * The coding that `Accept-Encoding` prefers, the best of those that it likes equally.
 * @param available the codings that there are
 * @returns `undefined` where the body goes as it is
 */
export function codingFor(header: string | undefined, available: readonly Coding[] = codings): Coding | undefined {
  if (header === undefined || header.length > MOST) return undefined;
  const negotiator = new Negotiator({ headers: { 'accept-encoding': header } });
  const ranked = negotiator.encodings.bind(negotiator) as PreferredEncodings;
  const [first] = ranked([...available, 'identity'], { preferred: available });
  return available.find((coding) => coding === first);
}

const compressors = {
  br: (bytes) => {
    const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: hint } = constants;
    return promisify(brotliCompress)(bytes, { params: { [quality]: 5, [hint]: bytes.byteLength } });
  },
  gzip: (bytes) => promisify(gzip)(bytes, { level: 6 }),
} satisfies Record<Coding, (bytes: Uint8Array) => Promise<Uint8Array>>;

/** The codings of some bytes, each made once, off the event loop, when it is first asked for. */
const codedOf = memoizedOf((bytes: Uint8Array) => {
  const made = new Map<Coding, Promise<Uint8Array | undefined>>();
  return (coding: Coding): Promise<Uint8Array | undefined> => {
    const known = made.get(coding) ?? compressors[coding](bytes).then((coded) => worthIt(coded, bytes));
    made.set(coding, known);
    return known;
  };
});

/** The digest of some bytes, taken once: it names them when a client asks whether they have changed. */
const digestOf = memoizedOf((bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex'));

const worthIt = (coded: Uint8Array, plain: Uint8Array): Uint8Array | undefined =>
  coded.byteLength < WORTH * plain.byteLength ? coded : undefined;

/**
 * `If-Match` (RFC 9110, §13.1.1): one of its entity tags must be the answer's, by the strong comparison, to which weak ones
 * are equal to nothing. `If-None-Match` is Express's affair; what has no `Last-Modified` has no `If-Unmodified-Since` either.
 * @throws precondition_failed
 */
function checkIfMatch(header: string | undefined, tag: string): void {
  if (header === undefined || header.trim() === '*') return;
  const tags: readonly string[] = header.match(/(W\/)?"[^"]*"/g) ?? [];
  if (tags.includes(tag)) return;
  throw new SennError('precondition_failed', `If-Match: must name the entity tag that there is, ${tag}`, { etag: tag });
}

/**
 * Answers with bytes in the coding that the client prefers, and with an `ETag`, by which it may ask again. They are
 * compressed and digested once for as long as they are kept: give the same bytes for the same answer.
 * @throws precondition_failed
 * @param etag of the plain bytes, without quotes, where it is known; that of a coding names the coding
 */
export async function sendCoded(
  { headers }: Pick<Request, 'headers'>,
  response: Response,
  bytes: Uint8Array,
  etag: string = digestOf(bytes),
): Promise<void> {
  response.vary('Accept-Encoding');
  const wanted = codingFor(headers['accept-encoding']);
  const coded = wanted === undefined ? undefined : await codedOf(bytes)(wanted);
  if (response.headersSent) return; // a deadline has answered
  const coding = coded === undefined ? undefined : wanted;
  if (coding !== undefined) response.set({ 'Content-Encoding': coding, [DECODED_LENGTH]: String(bytes.byteLength) });
  const tag = coding === undefined ? `"${etag}"` : `"${etag}-${coding}"`;
  checkIfMatch(headers['if-match'], tag);
  response.set({ 'Cache-Control': 'no-cache', ETag: tag });
  const { buffer, byteOffset, byteLength } = coded ?? bytes;
  sharesMemory(response);
  response.send(Buffer.from(buffer, byteOffset, byteLength));
}
