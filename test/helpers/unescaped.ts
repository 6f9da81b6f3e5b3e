/** HTML's character references back to what they stand for: the inverse of `escaped` of core. */
export const unescaped = (html: string): string =>
  html.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
