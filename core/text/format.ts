/** Numbers and texts for reading, the same in the page, the figures and the command. */

/** Text for an SVG or HTML document, between tags or in quotes. */
export const escaped = (text: string): string => text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Two decimals, a real minus sign, and a plus where the sign matters. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** Two decimals and a real minus sign. */
export function plain(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A probability in percent; never "100 %" for less than certain, nor "0 %" for more than impossible. */
export function percent(probability: number): string {
  if (probability > 0.999 && probability < 1) return '> 99.9 %';
  if (probability < 0.001 && probability > 0) return '< 0.1 %';
  return `${(probability * 100).toFixed(1)} %`;
}

/** A value with its unit: whole numbers in full, others to four significant digits. */
export function quantity(value: number, unit?: string): string {
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  const text = `${rounded < 0 ? '−' : ''}${Math.abs(rounded)}`;
  return unit === undefined ? text : `${text} ${unit}`;
}
