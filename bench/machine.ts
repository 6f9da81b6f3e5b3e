import { cpus, loadavg } from 'node:os';

/** Share of the cores that other programs may keep busy without a warning: beyond it they distort the figures. */
const BUSY = 0.25;

/** What a benchmark runs on, and a warning where it does not run alone. */
export function machineLines(): string[] {
  const cores = cpus();
  const [load = 0] = loadavg();
  const busy = `warning: load average ${load.toFixed(1)} before the first step: other programs run, and slow each row differently`;
  return [
    `${cores.length} × ${cores[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}`,
    ...(load > BUSY * cores.length ? [busy] : []),
  ];
}
