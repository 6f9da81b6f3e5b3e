import { median } from '../statistics.ts';
import { aligned, type Column } from '../table.ts';
import { type Lane, RAW, type Sample } from './protocol.ts';

/** From samples to the table: pure. */

export interface Rate {
  readonly lane: string;
  readonly inputs: number;
  readonly threads: string;
  /** Median over the rounds. */
  readonly perSecond: number;
  /** Processor time an input, in microseconds: what other programs on the machine change least. */
  readonly cpuMicroseconds: number;
  /** Of the throughput of ONNX Runtime in the turn before, by the clock and by processor time; where there is one. */
  readonly share: number | undefined;
  readonly cpuShare: number | undefined;
  /** Inputs a second with the report and its intervals. */
  readonly withReport: number;
}

const perSecond = ({ inputs, seconds }: Sample): number => inputs / seconds;
const cpuOf = ({ inputs, cpuSeconds }: Sample): number => cpuSeconds / inputs;

/**
 * A share is the median over the rounds of the ratio with the same round's turn of ONNX Runtime, so that what else the machine
 * does slows both.
 * @param samples in the order in which they were taken
 */
export function ratesOf(lanes: readonly Lane[], samples: readonly Sample[]): Rate[] {
  const ofLane = (name: string) => samples.filter(({ lane }) => lane === name);
  const raw = ofLane(RAW);
  return lanes.map((lane) => {
    const own = ofLane(lane.name);
    const shareOf = (of: (mine: Sample, its: Sample) => number): number | undefined => {
      if (lane.name === RAW || lane.threads > 1) return undefined;
      const ratios = own.flatMap((mine, round) => (raw[round] === undefined ? [] : [of(mine, raw[round])]));
      return ratios.length === 0 ? undefined : median(ratios);
    };
    return {
      lane: lane.name,
      inputs: lane.inputs,
      threads: lane.queue === undefined ? String(lane.threads) : 'workers',
      perSecond: median(own.map(perSecond)),
      cpuMicroseconds: 1e6 * median(own.map(cpuOf)),
      share: shareOf((mine, its) => perSecond(mine) / perSecond(its)),
      cpuShare: shareOf((mine, its) => cpuOf(its) / cpuOf(mine)),
      withReport: median(own.map((one) => one.inputs / (one.seconds + (one.reportSeconds * one.inputs) / lane.inputs))),
    };
  });
}

/** Figures by how large they are: three digits. */
export const figureText = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const percent = (share: number | undefined): string => (share === undefined ? '–' : `${(100 * share).toFixed(0)} %`);

const rateColumns: readonly Column<Rate>[] = [
  { title: 'what', cell: ({ lane }) => lane, right: false },
  { title: 'inputs', cell: ({ inputs }) => String(inputs), right: true },
  { title: 'threads', cell: ({ threads }) => threads, right: true },
  { title: 'inputs/s', cell: (rate) => figureText(rate.perSecond), right: true },
  { title: 'share of ORT', cell: ({ share }) => percent(share), right: true },
  {
    title: 'CPU µs/input',
    cell: (rate) => (rate.threads === 'workers' ? '–' : figureText(rate.cpuMicroseconds)),
    right: true,
  },
  { title: 'share by CPU', cell: ({ cpuShare }) => percent(cpuShare), right: true },
  { title: 'inputs/s, report too', cell: (rate) => figureText(rate.withReport), right: true },
];

export const rateTable = (rates: readonly Rate[]): string => aligned(rateColumns, rates).join('\n');

/** Ours beside a peer, on the same metrics and inputs. */
export interface Beside {
  readonly peer: string;
  readonly group: string;
  readonly ours: Pick<Sample, 'inputs' | 'seconds' | 'cpuSeconds'>;
  readonly its: Pick<Sample, 'inputs' | 'seconds' | 'cpuSeconds'>;
}

const besideColumns: readonly Column<Beside>[] = [
  { title: 'metrics', cell: ({ peer, group }) => `${peer}: ${group}`, right: false },
  { title: 'inputs', cell: ({ its }) => String(its.inputs), right: true },
  { title: 'ours/s', cell: ({ ours }) => figureText(ours.inputs / ours.seconds), right: true },
  { title: 'its/s', cell: ({ its }) => figureText(its.inputs / its.seconds), right: true },
  { title: 'ratio', cell: (row) => ratioOf(row, 'seconds').toFixed(1), right: true },
  { title: 'by CPU', cell: (row) => ratioOf(row, 'cpuSeconds').toFixed(1), right: true },
];

/** How many times as many inputs ours takes in the same time. */
export const ratioOf = ({ ours, its }: Beside, time: 'seconds' | 'cpuSeconds'): number =>
  ours.inputs / ours[time] / (its.inputs / its[time]);

export const besideTable = (rows: readonly Beside[]): string => aligned(besideColumns, rows).join('\n');
