import { SennError } from '../../core/errors.ts';
import { packed } from './packing.ts';
import { errorOf, type ToldError, toldError, unsendable } from './told-error.ts';

/** Calls between two sides that can only send each other messages: the page and its worker, each of which asks the other. */

/** What messages go through: a worker, the inside of one, or a message port. */
export interface Endpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** What a call has besides its arguments. */
export interface CallContext {
  /** Aborted when the caller no longer waits. */
  readonly signal: AbortSignal;
  /** Tells the caller something before the answer. */
  readonly note: (value: unknown) => void;
}

type Handler = (context: CallContext, ...args: never[]) => Promise<unknown>;
/** What one side can be asked, by name. */
export type Handlers<Names extends string = string> = Readonly<Record<Names, Handler>>;

type ArgsOf<H> = H extends (context: CallContext, ...args: infer Args) => unknown ? Args : never;
type AnswerOf<H extends Handler> = Awaited<ReturnType<H>>;

export interface CallOptions {
  /** Tells the other side that nobody waits. The call still settles by its answer. */
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: ((value: unknown) => void) | undefined;
}

export interface Channel<Theirs extends Handlers> {
  /** @throws what the other side threw, or the reason of `end` */
  call<Name extends keyof Theirs>(
    name: Name,
    args: ArgsOf<Theirs[Name]>,
    options?: CallOptions,
  ): Promise<AnswerOf<Theirs[Name]>>;
  /** Rejects all calls that wait, and all to come. */
  end(reason: Error): void;
}

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'note'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ToldError };

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onNote: ((value: unknown) => void) | undefined;
}

/** @param own what the other side may ask of this one */
export function createChannel<Theirs extends Handlers>(endpoint: Endpoint, own: Handlers): Channel<Theirs> {
  const waiting = new Map<number, Waiting>();
  const running = new Map<number, AbortController>();
  let ended: Error | undefined;
  let last = 0;

  const send = (message: Message, keeps: boolean): void => {
    const { value, transfer } = packed(message, keeps);
    endpoint.postMessage(value, [...transfer]);
  };
  /** @param what names it where no message can carry it */
  const reply = (message: Message, what: string): void => {
    try {
      send(message, false);
    } catch (error) {
      send({ kind: 'failure', id: message.id, error: toldError(unsendable(what, error)) }, true);
    }
  };
  const run = async ({ id, name, args }: Extract<Message, { kind: 'call' }>): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const note = (value: unknown): void => send({ kind: 'note', id, value }, true);
    try {
      const handler = own[name];
      if (handler === undefined) throw new SennError('internal', `no call "${name}" here`);
      const value = await handler({ signal: controller.signal, note }, ...(args as never[]));
      reply({ kind: 'answer', id, value }, 'the answer');
    } catch (error) {
      reply({ kind: 'failure', id, error: toldError(error) }, 'the error');
    } finally {
      running.delete(id);
    }
  };
  const receive = (message: Message): void => {
    if (message.kind === 'call') {
      run(message);
    } else if (message.kind === 'cancel') {
      running.get(message.id)?.abort();
    } else if (message.kind === 'note') {
      waiting.get(message.id)?.onNote?.(message.value);
    } else {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind === 'answer') call?.resolve(message.value as never);
      else call?.reject(errorOf(message.error));
    }
  };
  endpoint.addEventListener('message', ({ data }) => receive(data as Message));

  return {
    call: async (name, args, { signal, onNote } = {}) => {
      if (ended !== undefined) throw ended;
      signal?.throwIfAborted();
      const id = ++last;
      const cancel = (): void => send({ kind: 'cancel', id }, true);
      const answer = new Promise<never>((resolve, reject) => waiting.set(id, { resolve, reject, onNote }));
      try {
        send({ kind: 'call', id, name: String(name), args }, true);
        signal?.addEventListener('abort', cancel);
        return await answer;
      } finally {
        waiting.delete(id);
        signal?.removeEventListener('abort', cancel);
      }
    },
    end(reason) {
      ended ??= reason;
      for (const { reject } of waiting.values()) reject(reason);
    },
  };
}
