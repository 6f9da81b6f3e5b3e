/** What came in the place of something else, as an error tells it; of a text only the beginning, since a request's may be long. */
export function told(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (value === undefined) return 'nothing';
  return value !== null && typeof value === 'object' ? 'an object' : String(value);
}
