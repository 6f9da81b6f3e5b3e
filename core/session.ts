import { SennError } from './errors.ts';
import type { Tensor } from './tensor.ts';

/** The session port: what core asks of whatever runs a graph, so that it needs no runtime itself. */

/**
 * A loaded graph, whatever runs it: onnxruntime-node, onnxruntime-web, tfjs, or a fake in a test.
 * `run` takes and gives tensors by name and rejects with `inference_failed`.
 */
export interface Session {
  /** What ran the graph: `cpu`, `wasm`, `webgpu`, `cuda`, … */
  readonly executionProvider: string;
  /** @param outputs those that are wanted, which a runtime may take as all it has to give; default: all */
  run(feeds: Readonly<Record<string, Tensor>>, outputs?: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}

/** Loads the bytes of an `.onnx` file. @throws invalid_model */
export type OpenSession = (graph: Uint8Array) => Promise<Session>;

/**
 * A session for each graph by its name: all or none. The caller closes them.
 * @param read the bytes of a graph
 * @throws what reading or opening the first that failed threw, after those that opened are closed
 */
export async function openSessions<Name extends string>(
  graphs: readonly Name[],
  read: (graph: Name) => Promise<Uint8Array> | Uint8Array,
  open: OpenSession,
): Promise<Readonly<Partial<Record<Name, Session>>>> {
  const results = await Promise.allSettled(
    graphs.map(async (graph) => [graph, await open(await read(graph))] as const),
  );
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(opened.map(([, session]) => session.close()));
    throw failed.reason;
  }
  return Object.fromEntries(opened) as Partial<Record<Name, Session>>;
}

/** The named output. @throws invalid_model where the graph gave none of that name. */
export function outputOf(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const output = outputs[name];
  if (output === undefined) {
    throw new SennError('invalid_model', `graph gave no output "${name}"; it gave ${Object.keys(outputs).join(', ')}`);
  }
  return output;
}

/** The part of an output tensor that onnxruntime-node and onnxruntime-web have in common. */
interface RuntimeOutput {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** A runtime's output as a tensor. @throws invalid_model where it is not float32 */
export function tensorOfOutput(name: string, { type, dims, data }: RuntimeOutput): Tensor {
  if (!(data instanceof Float32Array)) {
    throw new SennError('invalid_model', `graph output "${name}" must be float32, got ${type}`);
  }
  return { shape: dims, data };
}
