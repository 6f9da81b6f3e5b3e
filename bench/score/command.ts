import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { FORWARD_BATCH } from '../../core/forward-all.ts';
import { machineLines } from '../machine.ts';
import { count, someOf } from '../options.ts';
import { runProgram } from '../program.ts';
import { buildIfStale } from '../serve/servers/dist.ts';
import { models, root } from '../serve/servers/ours.ts';
import { askPeer } from './peers.ts';
import {
  forwardOfInputs,
  forwardOfSet,
  type Lane,
  nearby,
  type PeerName,
  RAW,
  type Sample,
  sampleSchema,
  shared,
  type Task,
} from './protocol.ts';
import { type Beside, besideTable, ratesOf, rateTable } from './rates.ts';
import { startWorkers } from './workers.ts';

/**
 * `npm run bench:score`: inputs a second of `senn score` on test images of MNIST: what needs the forward pass alone beside
 * ONNX Runtime with nothing around it, the lists of metrics, two workers over Redis, and Quantus and Captum on the same
 * model and metrics.
 */

const parts = ['forward', 'lists', 'workers', 'quantus', 'captum'] as const;

interface Flags {
  readonly parts: readonly (typeof parts)[number][];
  readonly model: string;
  readonly inputs: number;
  readonly heavy: number;
  readonly peerInputs: number;
  readonly rounds: number;
  readonly json: boolean;
}

const WORKERS = 2;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The samples of a child that runs the task, in the order in which it took them. @throws where it fails */
async function samplesOf(task: Task): Promise<Sample[]> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'child.ts'), JSON.stringify(task)],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const status = new Promise<number | null>((done) => child.once('close', done));
  const samples: Sample[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const sample = sampleSchema.parse(JSON.parse(line));
    say(
      `${sample.lane}: ${sample.inputs} inputs in ${sample.seconds.toFixed(2)} s, ${sample.cpuSeconds.toFixed(2)} s of CPU`,
    );
    samples.push(sample);
  }
  if ((await status) !== 0) throw new Error('the program that scores failed');
  return samples;
}

/** One thread each: what a core does. */
function ownLanes(flags: Flags): Lane[] {
  const { inputs, heavy, rounds } = flags;
  const lane = (name: string, metrics: string, more: Partial<Lane> = {}): Lane => ({
    name,
    metrics,
    inputs,
    threads: 1,
    rounds,
    ...more,
  });
  return [
    ...(flags.parts.includes('forward')
      ? [
          lane(RAW, ''),
          lane('forward pass alone, of inputs', forwardOfInputs.join()),
          lane('forward pass alone, of the set too', forwardOfSet.join()),
        ]
      : []),
    ...(flags.parts.includes('lists')
      ? ['paper', 'audit', 'all'].map((list) => lane(list, list, { inputs: heavy, rounds: 1 }))
      : []),
  ];
}

/** The same with threads and with workers, which have as many cores. */
function sharedLanes({ inputs, heavy, rounds }: Flags, queue: string): Lane[] {
  return [
    { name: 'forward pass alone, of inputs', metrics: forwardOfInputs.join(), inputs },
    { name: 'of random changes', metrics: nearby.join(), inputs: 16 * heavy },
  ].flatMap((of) => [
    { ...of, name: `${of.name}, here`, threads: WORKERS, rounds },
    { ...of, name: `${of.name}, over Redis`, threads: 32, queue, rounds },
  ]);
}

async function besidePeer(
  peer: PeerName,
  { model, peerInputs: inputs, rounds }: Flags,
  batch: number,
): Promise<Beside[]> {
  const its = await askPeer(peer, { model, inputs }, (reason) => say(`skipped: ${peer}: ${reason}`));
  if (its.length === 0) return [];
  const groups: Readonly<Record<string, readonly string[]>> = shared[peer];
  const lanes = its.map(({ group }): Lane => {
    return { name: group, metrics: (groups[group] ?? []).join(), inputs, threads: 1, rounds };
  });
  const ours = await samplesOf({ model, batch, lanes });
  const rates = ratesOf(lanes, ours);
  return its.map((sample, i) => {
    const { perSecond, cpuMicroseconds } = rates[i] as (typeof rates)[number];
    const own = { inputs, seconds: inputs / perSecond, cpuSeconds: (inputs * cpuMicroseconds) / 1e6 };
    return { peer, group: sample.group, ours: own, its: sample };
  });
}

async function bench(flags: Flags): Promise<void> {
  await buildIfStale(root, say);
  for (const line of machineLines()) say(line);
  const { model } = flags;
  const batch = FORWARD_BATCH;
  const lanes = ownLanes(flags);
  const rates = lanes.length === 0 ? [] : ratesOf(lanes, await samplesOf({ model, batch, lanes }));
  if (flags.parts.includes('workers')) {
    const workers = await startWorkers(WORKERS);
    if (workers === undefined) say('skipped: workers: needs redis-server or valkey-server on the PATH');
    else {
      try {
        const over = sharedLanes(flags, workers.queue);
        rates.push(...ratesOf(over, await samplesOf({ model, batch, lanes: over })));
      } finally {
        await workers.stop();
      }
    }
  }
  const beside: Beside[] = [];
  for (const peer of ['quantus', 'captum'] as const) {
    if (flags.parts.includes(peer)) beside.push(...(await besidePeer(peer, flags, batch)));
  }
  if (flags.json) console.log(JSON.stringify({ rates, beside }));
  else {
    console.log(`${model}, the first test images of MNIST, batches of ${batch}; medians of ${flags.rounds} rounds`);
    if (rates.length > 0) console.log(`\n${rateTable(rates)}`);
    if (beside.length > 0) console.log(`\n${besideTable(beside)}`);
  }
}

const program = new Command('bench:score')
  .description('Measures how many inputs a second are scored, beside ONNX Runtime, Quantus and Captum.')
  .addOption(new Option('--parts <list>', 'comma list').argParser(someOf(parts)).default(parts))
  .option('--model <folder>', 'of images of MNIST, with a decoder', join(models, 'mnist-disenn'))
  .option('--inputs <n>', 'of the metrics that need the forward pass alone', count, 10_000)
  .option('--heavy <n>', 'of the lists of metrics', count, 256)
  .option('--peer-inputs <n>', 'of the metrics that a peer has too', count, 256)
  .option('--rounds <n>', 'times that each is measured, but for the lists', count, 5)
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

await runProgram(program);
