import type { Manifest } from '../../core/manifest.ts';
import type { Session } from '../../core/session.ts';
import { batchSize, rowOf, type Tensor } from '../../core/tensor.ts';

/** A model and sessions by hand, for tests that must know every number and need no runtime. */

const graphFile = (name: string) => ({ file: `${name}.onnx`, sha256: '0'.repeat(64) });

/** The graphs of the fake models: h, θ and a decoder, without the forward pass in one. */
export type PartName = 'conceptizer' | 'parameterizer' | 'decoder';
export const partNames: readonly PartName[] = ['conceptizer', 'parameterizer', 'decoder'];

/** A model small enough to compute by hand: 1 × 2 × 2 images, three classes, two concepts. */
export const fakeManifest: Manifest = {
  schemaVersion: 2,
  name: 'fake',
  version: '1',
  kind: 'senn',
  input: { kind: 'image', channels: 1, height: 2, width: 2 },
  classes: ['a', 'b', 'c'],
  concepts: [
    { name: 'top', quantiles: { q05: -1, q25: 0, q50: 1, q75: 2, q95: 3 }, prototypes: [0] },
    { name: 'bottom', quantiles: { q05: 0, q25: 0, q50: 0, q75: 1, q95: 1 }, prototypes: [] },
  ],
  graphs: {
    conceptizer: { ...graphFile('conceptizer'), inputs: ['input'], outputs: ['concepts'] },
    parameterizer: { ...graphFile('parameterizer'), inputs: ['input'], outputs: ['relevances'] },
    decoder: { ...graphFile('decoder'), inputs: ['concepts'], outputs: ['reconstruction'] },
  },
  parameterizer: { reads: 'input' },
  artefacts: ['concepts', 'relevances', 'contributions', 'traversals'],
  files: {},
  golden: { file: 'golden.json', sha256: '0'.repeat(64) },
  training: { config: {}, data: { name: 'fake', count: 1, sha256: '' }, seed: 0, backend: 'none', versions: {} },
  metrics: {},
};

export interface FakeSession extends Session {
  /** Batch sizes of the runs so far. */
  readonly runs: number[];
  readonly closed: () => boolean;
}

/** A session that maps each row of its one feed to a row of its one output. */
export function rowSession(
  output: string,
  rowShape: readonly number[],
  rowFunction: (row: Float32Array) => readonly number[],
): FakeSession {
  const runs: number[] = [];
  let closed = false;
  return {
    executionProvider: 'fake',
    runs,
    closed: () => closed,
    run: async (feeds) => {
      const [input] = Object.values(feeds) as [Tensor];
      const N = batchSize(input);
      runs.push(N);
      const rows = Array.from({ length: N }, (_, n) => rowFunction(rowOf(input, n)));
      return { [output]: { shape: [N, ...rowShape], data: Float32Array.from(rows.flat()) } };
    },
    close: async () => {
      closed = true;
    },
  };
}

/** h = [x₀ + x₁, x₂ + x₃]; θ[k, c] = x_k·(c + 1) − c; the decoder paints the top row with h₀ and the bottom row with h₁. */
export function fakeSessions(): Record<PartName, FakeSession> {
  return {
    conceptizer: rowSession('concepts', [2], ([x0 = 0, x1 = 0, x2 = 0, x3 = 0]) => [x0 + x1, x2 + x3]),
    parameterizer: rowSession('relevances', [2, 3], (x) =>
      [0, 1].flatMap((k) => [0, 1, 2].map((c) => (x[k] as number) * (c + 1) - c)),
    ),
    decoder: rowSession('reconstruction', [1, 2, 2], ([h0 = 0, h1 = 0]) => [h0, h0, h1, h1]),
  };
}

/** The graph of a fake model's gradient, for its manifest. */
export const gradientGraph = {
  gradient: { ...graphFile('gradient'), inputs: ['input', 'class_weights'], outputs: ['gradient'] },
} satisfies Manifest['graphs'];

/** A session of the gradient: Σ_c weights[c]·∂logits[c]/∂x of each row, by what is known of one class. */
export function gradientSession(
  gradientOf: (row: Float32Array, c: number) => readonly number[],
): Session & { readonly runs: number[] } {
  const runs: number[] = [];
  return {
    executionProvider: 'fake',
    runs,
    run: async ({ input, class_weights: weights }) => {
      const [x, w] = [input as Tensor, weights as Tensor];
      runs.push(batchSize(x));
      const rows = Array.from({ length: batchSize(x) }, (_, n) => {
        const own = Array.from(rowOf(w, n), (weight, c) => gradientOf(rowOf(x, n), c).map((value) => value * weight));
        return own.reduce((a, b) => a.map((value, i) => value + (b[i] as number)));
      });
      return { gradient: { shape: x.shape, data: Float32Array.from(rows.flat()) } };
    },
    close: async () => {},
  };
}
