import type { GraphName, Manifest } from '../manifest.ts';
import type { Session } from '../session.ts';
import { batchSize, rowOf, sizeOf, type Tensor } from '../tensor.ts';
import type { BlackBoxOutput } from './schema.ts';

/**
 * A black box: a classifier that others made, as one graph that gives a number for each class and nothing else. To all
 * that only asks a model questions it is the network with a single concept that is always 1 and whose relevances are the
 * logits, so attributions and their metrics need no rule of their own; what shows or judges concepts has none to look at.
 */

/** Which of the two its graph gives. */
export const outputOfBlackBox = ({ graphs }: Pick<Manifest, 'graphs'>): BlackBoxOutput =>
  graphs.model?.outputs.includes('probabilities') ? 'probabilities' : 'logits';

/** Below this a probability counts as this: a tree says 0, whose logarithm no explanation could be made of. */
export const LEAST_PROBABILITY = 1e-7;

/**
 * The answers of a black box as the forward pass of a network with one constant concept.
 * @param output `[N, C]`, logits, or probabilities, whose logits are their logarithms
 * @returns `concepts [N, 1]`, all 1, and `relevances [N, 1, C]`, the logits
 */
export function forwardOfOutput(output: Tensor, of: BlackBoxOutput): { concepts: Tensor; relevances: Tensor } {
  const [N = 0, C = 0] = output.shape;
  const logits =
    of === 'logits' ? output.data : output.data.map((value) => Math.log(Math.max(value, LEAST_PROBABILITY)));
  return {
    concepts: { shape: [N, 1], data: new Float32Array(N).fill(1) },
    relevances: { shape: [N, 1, C], data: logits },
  };
}

type BlackBox = NonNullable<Manifest['blackBox']>;

/**
 * An image of the contract as the graph wants it: `(scale·x − mean) / deviation` of each channel, channels first or last.
 * @param image `[N, C, H, W]` in [0, 1]
 */
function imageFor({ layout, scale, mean, deviation }: NonNullable<BlackBox['image']>, image: Tensor): Tensor {
  const [N = 0, C = 1, H = 1, W = 1] = image.shape;
  const data = new Float32Array(image.data.length);
  const last = layout === 'NHWC';
  for (let n = 0; n < N; n++) {
    const [from, into] = [rowOf(image, n), data.subarray(n * C * H * W, (n + 1) * C * H * W)];
    for (let c = 0; c < C; c++) {
      const [shift, divisor] = [mean[c] as number, deviation[c] as number];
      for (let p = 0; p < H * W; p++) {
        const value = ((from[c * H * W + p] as number) * scale - shift) / divisor;
        into[last ? p * C + c : c * H * W + p] = value;
      }
    }
  }
  return { shape: last ? [N, H, W, C] : [N, C, H, W], data };
}

/**
 * One number of the second of two classes as a number for each: p is 1 − p and p, and of its logit the softmax of 0 and it is
 * its sigmoid.
 * @param output `[N, 1]` @returns `[N, 2]`
 */
export function twoClasses({ data }: Tensor, of: BlackBoxOutput): Tensor {
  const N = data.length;
  const both = new Float32Array(2 * N);
  data.forEach((value, n) => {
    both[2 * n] = of === 'probabilities' ? 1 - value : 0;
    both[2 * n + 1] = value;
  });
  return { shape: [N, 2], data: both };
}

/** A session by the names of the contract, over one by the names of the file. */
function ported(session: Session, { names, image, single }: BlackBox, output: BlackBoxOutput): Session {
  return {
    executionProvider: session.executionProvider,
    async run({ input }) {
      const given = input as Tensor;
      const feed = image === undefined ? given : imageFor(image, given);
      const outputs = await session.run({ [names.input]: feed }, [names.output]);
      const found = outputs[names.output];
      if (found === undefined) return {};
      const rows = asRows(found, batchSize(given));
      const isSingle = single === true && rows.shape.join() === [batchSize(given), 1].join();
      return { [output]: isSingle ? twoClasses(rows, output) : rows };
    },
    close: () => session.close(),
  };
}

/** `[N, C, 1, 1]`, as networks without a last Flatten give it, is `[N, C]`. */
function asRows({ shape, data }: Tensor, N: number): Tensor {
  const tail = shape.slice(2);
  return tail.length > 0 && sizeOf(tail) === 1 ? { shape: [N, shape[1] as number], data } : { shape, data };
}

type Sessions = Readonly<Partial<Record<GraphName, Session>>>;

/** Sessions by the names of the contract: those of a black box, whose file has names of its own, are told them. */
export function portedSessions(
  manifest: Pick<Manifest, 'graphs'> & Partial<Pick<Manifest, 'blackBox'>>,
  sessions: Sessions,
): Sessions {
  const { blackBox } = manifest;
  const { model } = sessions;
  if (blackBox === undefined || model === undefined) return sessions;
  return { ...sessions, model: ported(model, blackBox, outputOfBlackBox(manifest)) };
}
