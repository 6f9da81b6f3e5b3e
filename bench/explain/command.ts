import { readdir } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { Command, Option } from 'commander';
import { predictResponseSchema } from '../../core/api.ts';
import { explainInputs } from '../../core/attributions/answers/explain-inputs.ts';
import { askedAttributions } from '../../core/attributions/answers/names.ts';
import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import type { AttributionName } from '../../core/attributions/attribution.ts';
import { type Manifest, parseManifest } from '../../core/manifest.ts';
import { randomStream } from '../../core/random.ts';
import { LOW } from '../../serve/inference/engine/pool.ts';
import { machineLines } from '../machine.ts';
import { count, figure, positive, someOf } from '../options.ts';
import { runProgram } from '../program.ts';
import { buildIfStale } from '../serve/servers/dist.ts';
import { root, startOurs } from '../serve/servers/ours.ts';
import { exitOnSignals } from '../serve/servers/processes.ts';
import { aligned } from '../table.ts';
import { measureTurns } from '../turns.ts';
import { askInBinary, askInJson, outside } from './outside.ts';
import { type Row, rowsOf, type Sample } from './turns.ts';

/**
 * `npm run bench:explain`: LIME and KernelSHAP of a row of a table, asked beside the session (`explain=`) and from outside,
 * as an explainer that is a process of its own asks a model server: the same questions, each batch of them over HTTP.
 */

interface Flags {
  readonly attributions: readonly AttributionName[];
  readonly batch: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly priority: number;
  readonly json: boolean;
}

const MODEL = 'compas-senn';
/** Rows that are explained, one after the other and again from the first. */
const ROWS = 32;
/** Of values that are found in two ways: logits are float32, in batches of other sizes. */
const AGREE = 1e-4;
/** Seconds of each way before the first turn: V8 compiles what runs often. */
const SETTLE = 2;

const ways = ['beside', 'outside, JSON', 'outside, binary'] as const;
type Way = (typeof ways)[number];

interface Asked {
  readonly row: Float32Array;
  /** Index of the class that the model gives it. */
  readonly index: number;
}

/** Explains a row. @returns the values, and how many requests it took */
type Explain = (asked: Asked) => Promise<{ readonly values: readonly number[]; readonly requests: number }>;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Whole numbers in the ranges of the features, by the seed 0. */
function rowsFor({ input }: Manifest): Float32Array[] {
  if (input.kind !== 'tabular') throw new Error(`${MODEL}: is no model of tables`);
  const random = randomStream(0);
  return Array.from({ length: ROWS }, () =>
    Float32Array.from(input.features, ({ range: [low, high] }) => low + random.integer(high - low + 1)),
  );
}

async function predicted(url: string, { name, input }: Manifest, row: Float32Array, explain: string, seed: number) {
  const names = input.kind === 'tabular' ? input.features.map((feature) => feature.name) : [];
  const features = Object.fromEntries(names.map((feature, f) => [feature, row[f]]));
  const response = await fetch(`${url}/predict?model=${name}&explain=${explain}&seed=${seed}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [{ features }] }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const [prediction] = predictResponseSchema.parse(await response.json()).predictions;
  if (prediction === undefined) throw new Error(`${MODEL}: no prediction`);
  return prediction;
}

/** The ways to an explanation by one attribution. */
function explainers(url: string, manifest: Manifest, name: AttributionName, batch: number): Record<Way, Explain> {
  const valuesOf = (answers: AttributionAnswers | undefined): readonly number[] => answers?.[name]?.values ?? [];
  const from = (ask: typeof askInJson): Explain => {
    return async ({ row, index }) => {
      let requests = 0;
      const asking = outside(manifest, ask(url, manifest), batch, () => {
        requests += 1;
      });
      const input = { shape: [1, row.length], data: row };
      const asked = { attributions: [{ name }], seed: 0 };
      const [answers] = await explainInputs(asking, input, Int32Array.of(index), asked);
      return { values: valuesOf(answers), requests };
    };
  };
  return {
    beside: async ({ row }) => {
      const { attributions } = await predicted(url, manifest, row, name, 0);
      return { values: valuesOf(attributions as AttributionAnswers | undefined), requests: 1 };
    },
    'outside, JSON': from(askInJson),
    'outside, binary': from(askInBinary),
  };
}

/** @throws where a way finds other values than the first */
async function checkAgreement(explain: Record<Way, Explain>, asked: Asked, name: string): Promise<void> {
  const { values: expected } = await explain.beside(asked);
  for (const way of ways) {
    const { values } = await explain[way](asked);
    const off = Math.max(...expected.map((value, f) => Math.abs(value - (values[f] ?? Number.NaN))));
    if (!(off <= AGREE))
      throw new Error(`${name}, ${way}: values differ by ${off} from those found beside the session`);
  }
}

async function turn(explain: Explain, rows: readonly Asked[], seconds: number): Promise<Sample> {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let [explanations, requests] = [0, 0];
  while (elapsed() < seconds) {
    requests += (await explain(rows[explanations % rows.length] as Asked)).requests;
    explanations += 1;
  }
  return { explanations, seconds: elapsed(), requests };
}

const columns = [
  { title: 'attribution', cell: ({ attribution }: Told) => attribution, right: false },
  { title: 'asked', cell: ({ way }: Told) => way, right: false },
  { title: 'explanations/s', cell: ({ explanationsPerSecond }: Told) => explanationsPerSecond.toFixed(1), right: true },
  {
    title: 'requests each',
    cell: ({ requestsPerExplanation }: Told) => requestsPerExplanation.toFixed(0),
    right: true,
  },
  { title: 'of beside', cell: ({ ratio }: Told) => ratio.toFixed(2), right: true },
  { title: 'of rounds', cell: ({ ratios }: Told) => ratios.map((one) => one.toFixed(2)).join('–'), right: true },
];
type Told = Row<Way> & { readonly attribution: AttributionName };

/**
 * The server gives attributions a low priority. Here all its threads, and the client, have the same, or whatever else runs
 * would slow one way and not the other.
 */
async function level(pid: number, priority: number): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const thread of await readdir(`/proc/${pid}/task`)) setPriority(Number(thread), priority);
  setPriority(priority);
}

async function bench({ attributions, batch, rounds, seconds, priority, json }: Flags): Promise<void> {
  await buildIfStale(root, say);
  for (const line of machineLines()) say(line);
  const limits = ['--limits-instances-per-request', String(batch)];
  const server = await startOurs(MODEL, { processes: 1, flags: limits });
  try {
    const { url } = server;
    const manifest = parseManifest(await (await fetch(`${url}/models/${MODEL}/manifest.json`)).json(), MODEL);
    const rows: Asked[] = [];
    for (const row of rowsFor(manifest)) {
      rows.push({ row, index: (await predicted(url, manifest, row, 'none', 0)).index });
    }
    const told: Told[] = [];
    for (const attribution of attributions) {
      const explain = explainers(url, manifest, attribution, batch);
      await checkAgreement(explain, rows[0] as Asked, attribution);
      for (const way of ways) await turn(explain[way], rows, SETTLE);
      await level(server.pid, priority);
      const samples = await measureTurns(ways, rounds, (way) => turn(explain[way], rows, seconds));
      told.push(...rowsOf(samples).map((row) => ({ attribution, ...row })));
    }
    if (json) console.log(JSON.stringify({ rows: told }));
    else {
      const how = `a row of ${MODEL} at a time, up to ${batch} rows a request from outside; medians of ${rounds} rounds of ${seconds} s`;
      console.log(`${how}\n\n${aligned(columns, told).join('\n')}`);
    }
  } finally {
    await server.stop();
  }
}

const priorityNumber = figure('a whole number from -20 to 19', (n) => Number.isInteger(n) && n >= -20 && n <= 19);
const program = new Command('bench:explain')
  .description('Measures explaining beside the session against explaining from outside, over HTTP.')
  .addOption(
    new Option('--attributions <list>', 'comma list')
      .argParser(someOf(askedAttributions))
      .default(['lime', 'kernel-shap']),
  )
  .option('--batch <rows>', 'of a request from outside, at most', count, 256)
  .option('--rounds <n>', 'times that each way is measured', count, 5)
  .option('--seconds <s>', 'of each turn', positive, 3)
  .option(
    '--priority <n>',
    'of client and server, −20 to 19; below that of attributions only root may (Linux)',
    priorityNumber,
    LOW.priority,
  )
  .option('--json', 'one JSON object on standard output', false)
  .action(bench);

exitOnSignals();
await runProgram(program);
