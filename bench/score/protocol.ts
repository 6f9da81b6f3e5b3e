import { z } from 'zod';
import type { Need } from '../../core/metrics/evidence/evidence.ts';
import { metricNames, metrics } from '../../core/metrics/index.ts';
import type { MetricName } from '../../core/metrics/metric.ts';
import { reachOf } from '../../core/scoring/reach.ts';

/** What bench:score measures, what its child is told of it in JSON, and the lines that the child prints. */

/** Name of the lane that scores nothing: the forward graph in a loop. */
export const RAW = 'onnxruntime';

const laneSchema = z.strictObject({
  name: z.string(),
  /** As of `senn score --metrics`; of `RAW` none are asked for. */
  metrics: z.string(),
  /** The first so many test images of MNIST. */
  inputs: z.int().positive(),
  threads: z.int().positive(),
  /** Where workers take batches from, in the place of threads. */
  queue: z.string().optional(),
  rounds: z.int().positive(),
});
export type Lane = z.infer<typeof laneSchema>;

export const taskSchema = z.strictObject({
  /** Folder of the model. */
  model: z.string(),
  batch: z.int().positive(),
  lanes: z.array(laneSchema),
});
export type Task = z.infer<typeof taskSchema>;

export const sampleSchema = z.strictObject({
  lane: z.string(),
  /** Inputs that the seconds are of: without the first batches where threads or workers had to start. */
  inputs: z.int().positive(),
  /** From the first image to the last metric's value. */
  seconds: z.number().positive(),
  /** Of this process; of workers nobody tells. */
  cpuSeconds: z.number().positive(),
  /** Of all inputs together, for intervals and comparisons: the report. */
  reportSeconds: z.number().nonnegative(),
});
export type Sample = z.infer<typeof sampleSchema>;

const forward: readonly Need[] = ['explanations', 'predictions', 'labels'];
const needsForwardAlone = (name: MetricName): boolean => metrics[name].needs.every((need) => forward.includes(need));

/** Metrics of each input that need no more than h and θ. */
export const forwardOfInputs = metricNames.filter((name) => needsForwardAlone(name) && reachOf(name) === 'batch');
/** With those of the set and of classes, but without `stability`, which compares the inputs themselves. */
export const forwardOfSet = metricNames.filter((name) => needsForwardAlone(name) && reachOf(name) !== 'inputs');
/** Metrics of each input over the same random changes of it. */
export const nearby = metricNames.filter(
  (name) => metrics[name].scope === 'input' && metrics[name].needs.includes('ball'),
);

/** Metrics that a peer has too, by what it has to do for them; each figure is the same within 1e-4 (docs/scores.md) or named there. */
export const shared = {
  quantus: {
    complexity: ['gini', 'entropy', 'random-logit'],
    removal: ['estimate', 'correlation', 'monotonicity.correlation', 'deletion'],
    nearby: ['sensitivity.max', 'sensitivity.avg', 'lipschitz'],
  },
  captum: {
    removal: ['infidelity'],
    nearby: ['sensitivity.max'],
  },
} as const satisfies Record<string, Readonly<Record<string, readonly MetricName[]>>>;
export type PeerName = keyof typeof shared;
