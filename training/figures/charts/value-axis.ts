/** Air above and below the values, as a share of their span. */
const AIR = 0.05;
/** Largest over smallest value from which on an axis is logarithmic. */
const LOG_FROM = 10;
/** Marks below this are written with exponents. */
const LONG = 1e-4;
/** Where a decade is marked, up to so many decades; longer axes are marked at the powers of ten. */
const STEPS = { few: [1, 2, 5], many: [1], fewDecades: 3 } as const;

export interface LinearAxis {
  readonly scale: { readonly type: 'linear'; readonly domain: [number, number]; readonly nice: number };
  readonly ticks: { readonly tickCount: number };
}

export interface LogAxis {
  readonly scale: { readonly type: 'log'; readonly domain: [number, number]; readonly nice: false };
  readonly ticks: { readonly values: number[]; readonly format?: string };
}

/**
 * From the lowest to the highest value with some air, ended at round numbers; a single value still has a span.
 * @param bound values cannot be higher by their nature; the air ends there
 */
export function linearAxis(values: readonly number[], bound = Number.POSITIVE_INFINITY): LinearAxis {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const air = AIR * (highest - lowest) || 0.02 * Math.abs(highest) || 1;
  const domain: [number, number] = [lowest - air, Math.max(highest, Math.min(highest + air, bound))];
  return { scale: { type: 'linear', domain, nice: 5 }, ticks: { tickCount: 5 } };
}

/** From 0 to the highest value with some air. @param values positive, or 0 */
export function zeroAxis(values: readonly number[]): LinearAxis {
  const { scale, ticks } = linearAxis([0, ...values]);
  return { scale: { ...scale, domain: [0, scale.domain[1]] }, ticks };
}

/** From the marked value below the lowest to the one above the highest. @param values positive */
function logAxis(lowest: number, highest: number): LogAxis {
  const steps = Math.log10(highest / lowest) < STEPS.fewDecades ? STEPS.few : STEPS.many;
  const first = Math.floor(Math.log10(lowest));
  const decades = Math.ceil(Math.log10(highest)) - first + 1;
  // through text: 10 ** −3 is not 0.001 on every machine
  const marks = Array.from({ length: decades }, (_, i) => steps.map((step) => Number(`${step}e${first + i}`))).flat();
  const from = marks.findLastIndex((mark) => mark <= lowest);
  const values = marks.slice(from, marks.findIndex((mark) => mark >= highest) + 1);
  return {
    scale: { type: 'log', domain: [values[0] as number, values.at(-1) as number], nice: false },
    // one way to write all marks of an axis: alone, 0.000001 and 1e-7 would stand one above the other
    ticks: { values, ...((values[0] as number) < LONG && { format: '~e' }) },
  };
}

/** Logarithmic for positive values over more than a decade, else linear. */
export function valueAxis(values: readonly number[], bound?: number): LinearAxis | LogAxis {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  return lowest > 0 && highest / lowest >= LOG_FROM ? logAxis(lowest, highest) : linearAxis(values, bound);
}
