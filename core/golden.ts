import { z } from 'zod';
import { explain } from './artefacts/explanation.ts';
import { portedSessions } from './black-box/black-box.ts';
import { fromZodError, SennError } from './errors.ts';
import type { GraphName, Manifest } from './manifest.ts';
import type { Sessions } from './predictor.ts';
import { outputOf } from './session.ts';
import { sizeOf, type Tensor } from './tensor.ts';

/**
 * `models/<name>/golden.json`: a few inputs and what tfjs made of them. Tensors are named as in the graphs
 * (`input`, `concepts`, `relevances`, `reconstruction`, for a DiSENN `log_variance`), so each graph is replayed
 * by feeding it the golden tensors of its inputs' names and comparing every output that has a golden tensor. `logits`
 * are what the training side's own aggregator made of them.
 */
const goldenTensor = z
  .strictObject({ shape: z.array(z.int().positive()), data: z.array(z.number()) })
  .refine(({ shape, data }) => sizeOf(shape) === data.length, 'data must fill shape');

export const goldenSchema = z.strictObject({
  tensors: z.record(z.string(), goldenTensor),
});
export type Golden = z.infer<typeof goldenSchema>;

/** Largest tolerated difference: absolute plus relative to the reference. */
export const GOLDEN_TOLERANCE = { absolute: 1e-5, relative: 1e-4 } as const;

export interface GoldenCheck {
  /** The graph, or the aggregator, which is not in a graph. */
  readonly graph: GraphName | 'aggregator';
  readonly output: string;
  readonly maxAbsoluteDifference: number;
  /** Largest `|actual − reference| / (absolute + relative·|reference|)`; at most 1 passes. */
  readonly worstRatio: number;
  readonly passed: boolean;
}

/** @throws invalid_model */
export function parseGolden(value: unknown, where = 'golden.json'): Golden {
  const result = goldenSchema.safeParse(value);
  if (!result.success) throw fromZodError('invalid_model', where, result.error);
  return result.data;
}

/** The golden tensor as a session takes it. @throws invalid_model */
export function goldenTensorOf({ tensors }: Golden, tensorName: string): Tensor {
  const found = tensors[tensorName];
  if (found === undefined) {
    throw new SennError(
      'invalid_model',
      `golden.json: no tensor "${tensorName}"; it has ${Object.keys(tensors).join(', ')}`,
    );
  }
  return { shape: found.shape, data: Float32Array.from(found.data) };
}

/** Compares one output with its reference. A value that is not finite never passes. */
export function compareTensors(
  actual: Tensor,
  reference: Tensor,
): Pick<GoldenCheck, 'maxAbsoluteDifference' | 'worstRatio' | 'passed'> {
  if (actual.shape.join() !== reference.shape.join()) {
    throw new SennError(
      'shape_mismatch',
      `golden: output [${actual.shape.join(', ')}] must match the golden tensor [${reference.shape.join(', ')}]`,
    );
  }
  let maxAbsoluteDifference = 0;
  let worstRatio = 0;
  for (let i = 0; i < reference.data.length; i++) {
    const expected = reference.data[i] as number;
    const distance = Math.abs((actual.data[i] as number) - expected);
    const difference = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    const allowed = GOLDEN_TOLERANCE.absolute + GOLDEN_TOLERANCE.relative * Math.abs(expected);
    maxAbsoluteDifference = Math.max(maxAbsoluteDifference, difference);
    worstRatio = Math.max(worstRatio, difference / allowed);
  }
  return { maxAbsoluteDifference, worstRatio, passed: worstRatio <= 1 };
}

/**
 * Runs every open graph on its golden inputs and compares every output the golden file knows, then the logits that the
 * aggregator makes of h and θ; the file must know those that the manifest names, but for the gradient, which may be written
 * later than the file, from the graphs alone. @throws invalid_model
 */
export async function replayGolden(
  golden: Golden,
  manifest: Pick<Manifest, 'graphs'> & Partial<Pick<Manifest, 'blackBox'>>,
  sessions: Sessions,
): Promise<GoldenCheck[]> {
  const { graphs, blackBox } = manifest;
  const running = portedSessions(manifest, sessions);
  const checks: GoldenCheck[] = [];
  const actual: Record<string, Tensor> = {};
  const check = (graph: GoldenCheck['graph'], output: string): void => {
    const compared = compareTensors(outputOf(actual, output), goldenTensorOf(golden, output));
    checks.push({ graph, output, ...compared });
  };
  for (const [name, { inputs, outputs: declared }] of Object.entries(graphs)) {
    const graph = name as GraphName;
    const session = running[graph];
    if (session === undefined) continue;
    if (graph === 'gradient' && !inputs.every((input) => Object.hasOwn(golden.tensors, input))) continue;
    const feeds = Object.fromEntries(inputs.map((input) => [input, goldenTensorOf(golden, input)]));
    const outputs = await session.run(feeds);
    for (const output of declared) delete actual[output]; // what another graph gave does not stand in for this one's
    Object.assign(actual, outputs);
    const known = Object.keys(outputs).filter((output) => Object.hasOwn(golden.tensors, output));
    for (const output of new Set<string>([...declared, ...known])) check(graph, output);
  }
  if (blackBox !== undefined) return checks;
  const rows = explain(outputOf(actual, 'concepts'), outputOf(actual, 'relevances')).map(({ logits }) => logits);
  actual['logits'] = { shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
  check('aggregator', 'logits');
  return checks;
}
