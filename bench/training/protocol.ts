import { z } from 'zod';
import type { BackendName } from '../../training/backends/index.ts';

/**
 * What the benchmark and the programs that it times say to each other. A program takes the flags of `flagsOf` and ends
 * its standard output by one line, a report. `child.ts` is such a program, and `pytorch_senn.py` another.
 */

/**
 * The estimators of the robustness loss: none of it; one random direction a sample, for a quarter of the batch and for
 * all of it; all classes; and the peer's.
 */
export const estimators = ['none', 'probe-quarter', 'probe', 'exact'] as const;
export type Estimator = (typeof estimators)[number];

/** What is timed: the backends with the estimators that each has, in the order of the rows. */
export const estimatorsOf = {
  'tfjs-node-gpu': estimators,
  'tfjs-node': estimators,
  wasm: estimators,
  pytorch: ['reference'],
} as const satisfies Record<BackendName | 'pytorch', readonly string[]>;

export type Backend = keyof typeof estimatorsOf;
export const backends = Object.keys(estimatorsOf) as Backend[];

/** How the learning rate changes over a training: it stays, or falls along a cosine to zero. */
export const schedules = ['constant', 'cosine'] as const;
export type Schedule = (typeof schedules)[number];

/** What both sides train with. */
export interface Training {
  readonly batch: number;
  /** Of Adam. */
  readonly learningRate: number;
  /** λ */
  readonly robustness: number;
  readonly seed: number;
}

/** What a program is to measure. */
export type Task =
  /** Milliseconds of each of `steps` steps, after `warmUp` steps that are not counted. */
  | { readonly kind: 'steps'; readonly warmUp: number; readonly steps: number }
  /** Seconds of training until the share `target` of the 6,000 held-out images is classified right. */
  | {
      readonly kind: 'accuracy';
      readonly target: number;
      readonly evaluateEvery: number;
      /** Steps after which it is given up; the cosine ends there too. */
      readonly maxSteps: number;
      readonly schedule: Schedule;
    };

/** The flags of a program. */
export function flagsOf(task: Task, { batch, learningRate, robustness, seed }: Training): string[] {
  const flags =
    task.kind === 'steps'
      ? { steps: task.steps, 'warm-up': task.warmUp }
      : {
          'until-accuracy': task.target,
          'evaluate-every': task.evaluateEvery,
          'max-steps': task.maxSteps,
          schedule: task.schedule,
        };
  const all = { ...flags, batch, lr: learningRate, robustness, seed };
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

const ran = {
  /** Trainable weights. */
  parameters: z.int().positive(),
  /** The software that ran, with its version. */
  runtime: z.string(),
  device: z.string(),
};

/** What a program found. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('steps'), ...ran, stepMilliseconds: z.array(z.number().positive()).min(1) }),
  z.strictObject({
    kind: z.literal('accuracy'),
    ...ran,
    /** Time spent in steps, without the evaluations between them. */
    seconds: z.number().nonnegative(),
    /** As last measured: below the target where the training was given up. */
    accuracy: z.number().min(0).max(1),
    stepsTaken: z.int().nonnegative(),
  }),
  z.strictObject({ kind: z.literal('missing'), reason: z.string() }),
]);
export type Report = z.infer<typeof reportSchema>;
