/** Share of the axis between two series of one λ. */
const DODGE = 0.014;

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
};

/** As people write it: 0, 0.05, 1, 10⁻⁴, 2·10⁻⁴. */
export function lambdaLabel(lambda: number): string {
  if (lambda === 0 || (lambda >= 0.001 && lambda < 1000)) return String(lambda);
  const [digits = '', exponent = ''] = lambda.toExponential().split('e');
  const raised = Array.from(exponent.replace('+', ''), (sign) => superscripts[sign]).join('');
  return digits === '1' ? `10${raised}` : `${digits}·10${raised}`;
}

/**
 * A logarithmic axis for λ on which 0 has a place of its own, left of all others.
 * @param lambdas every λ of the chart, ≥ 0
 * @returns the channel `x` of a Vega-Lite chart over the field `position`, and that position, in decades, of the
 *   `index`-th of `count` series at a λ: they stand side by side
 */
export function lambdaAxis(lambdas: readonly number[]) {
  const unique = [...new Set(lambdas)].sort((a, b) => a - b);
  const decades = unique.filter((lambda) => lambda > 0).map(Math.log10);
  const [first, last] = [decades[0] ?? 0, decades.at(-1) ?? 0];
  const zero = first - Math.max(0.5, (last - first) * 0.18);
  const middle = (lambda: number): number => (lambda === 0 ? zero : Math.log10(lambda));
  const lowest = unique[0] === 0 ? zero : first;
  const highest = decades.length === 0 ? zero : last;
  const air = Math.max(0.25, (highest - lowest) * 0.06);
  const values = unique.map(middle);
  const labels = JSON.stringify(unique.map(lambdaLabel));
  const domain: [number, number] = [lowest - air, highest + air];
  const channel = {
    field: 'position',
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: {
      title: 'λ, weight of the robustness loss',
      values,
      labelExpr: `${labels}[indexof(${JSON.stringify(values)}, datum.value)]`,
      labelOverlap: true,
    },
  } as const;
  const position = (lambda: number, index: number, count: number): number =>
    middle(lambda) + DODGE * (domain[1] - domain[0]) * (index - (count - 1) / 2);
  return { channel, position };
}
