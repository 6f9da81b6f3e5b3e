import type { RequestHandler } from 'express';
import { SennError } from '../../core/errors.ts';

/**
 * Whether load balancers should send requests: from when every process of the server has started until it begins to
 * end.
 */

export type ReadinessState = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface Readiness {
  state(): ReadinessState;
  /** Called once every model has answered its warm-up, in every process. */
  started(): void;
  /** From now on it is not ready, for good. */
  drain(): void;
}

type Phase = 'starting' | 'started' | 'draining';

/** @param further why the server is not ready though it has started, as "no model is served" */
export function createReadiness(further: () => string | undefined = () => undefined): Readiness {
  let phase: Phase = 'starting';
  const reasons = {
    starting: () => 'the server is starting',
    started: further,
    draining: () => 'the server is draining',
  } satisfies Record<Phase, () => string | undefined>;
  return {
    state: () => {
      const reason = reasons[phase]();
      return reason === undefined ? { ready: true } : { ready: false, reason };
    },
    started: () => {
      if (phase === 'starting') phase = 'started';
    },
    drain: () => {
      phase = 'draining';
    },
  };
}

/** `GET /health/live`: that the process answers, and nothing more. */
export const liveRoute: RequestHandler = (_request, response) => {
  response.set('Cache-Control', 'no-store').json({ status: 'live' });
};

/** `GET /health/ready`. @throws unavailable with the reason */
export function readyRoute(readiness: Pick<Readiness, 'state'>): RequestHandler {
  return (_request, response) => {
    response.set('Cache-Control', 'no-store');
    const state = readiness.state();
    if (!state.ready)
      throw new SennError('unavailable', `server: not ready: ${state.reason}`, { reason: state.reason });
    response.json({ status: 'ready' });
  };
}

export interface Draining {
  readonly readiness: Readiness;
  /** Takes no more and finishes what is in flight, within milliseconds. */
  readonly close: (deadlineMs: number) => Promise<void>;
  /**
   * Milliseconds in which the server says that it is not ready and still answers, so that load balancers hear of it.
   */
  readonly delayMs: number;
  readonly deadlineMs: number;
}

/** Says that the server is not ready before it closes, so that load balancers send nobody to a closed port. */
export async function drain({ readiness, close, delayMs, deadlineMs }: Draining): Promise<void> {
  readiness.drain();
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  await close(deadlineMs);
}
