import './no-telemetry.ts';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { SennError } from '../../core/errors.ts';
import { type OpenSession, type Session, tensorOfOutput } from '../../core/session.ts';
import type { Tensor } from '../../core/tensor.ts';
import { absentLibrary } from './absent-library.ts';
import { refuseExternalData } from './external-data.ts';

/**
 * The one file that imports onnxruntime-node. A session's `run` blocks the thread it is called on, so servers run all
 * but the smallest models on worker threads.
 */

export interface RuntimeOptions {
  /** Execution providers to try, first choice first. Default `['cpu']`. */
  readonly providers?: readonly string[];
  /** Threads inside one operator. Default 1: small graphs gain nothing from more. */
  readonly intraOpNumThreads?: number;
}

// Errors come as exceptions; without this ONNX Runtime would also print them, and each provider that is missing, into
// the log: lines that are no JSON.
env.logLevel = 'fatal';
const FATAL = 4;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A session on the first provider that took the graph, and why those before it did not. */
export interface Opened {
  readonly session: Session;
  readonly refusals: Readonly<Record<string, string>>;
}

/**
 * Opens a session on the first provider that takes the graph. They are tried one at a time, since ONNX Runtime throws
 * rather than falls back when a listed provider is missing.
 * @throws invalid_model where none takes it, or where it keeps weights in other files
 */
export async function openOnFirst(
  graph: Uint8Array,
  { providers = ['cpu'], intraOpNumThreads = 1 }: RuntimeOptions = {},
): Promise<Opened> {
  refuseExternalData(graph);
  const refusals: Record<string, string> = {};
  for (const provider of providers) {
    const absent = absentLibrary(provider);
    if (absent !== undefined) {
      refusals[provider] = absent;
      continue;
    }
    try {
      const session = await InferenceSession.create(graph, {
        executionProviders: [provider],
        intraOpNumThreads,
        interOpNumThreads: 1,
        logSeverityLevel: FATAL,
      });
      return { session: sessionOver(session, provider), refusals };
    } catch (error) {
      refusals[provider] = messageOf(error);
    }
  }
  const reasons = Object.entries(refusals).map(([provider, reason]) => `${provider}: ${reason}`);
  throw new SennError('invalid_model', `ONNX Runtime cannot load the graph; ${reasons.join('; ')}`, { refusals });
}

/** An opener of sessions that say which provider they got. */
export function sessionOpener(options: RuntimeOptions = {}): OpenSession {
  return async (graph) => (await openOnFirst(graph, options)).session;
}

/** The opener with its defaults: the CPU, one thread an operator. */
export const openSession: OpenSession = sessionOpener();

function sessionOver(session: InferenceSession, executionProvider: string): Session {
  return {
    executionProvider,
    run: async (feeds, wanted) => {
      const outputs = await runGraph(session, feeds, wanted);
      return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, tensorOfOutput(name, output)]));
    },
    close: () => session.release(),
  };
}

async function runGraph(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  wanted: readonly string[] = session.outputNames,
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    const inputs = Object.entries(feeds).map(([name, { shape, data }]) => {
      return [name, new OrtTensor('float32', data, shape)] as const;
    });
    return await session.run(Object.fromEntries(inputs), wanted);
  } catch (error) {
    const shapes = Object.entries(feeds).map(([name, { shape }]) => `${name} [${shape.join(', ')}]`);
    throw new SennError('inference_failed', `ONNX Runtime on ${shapes.join(', ')}: ${messageOf(error)}`, {}, error);
  }
}
