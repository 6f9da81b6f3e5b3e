import { SennError } from '../../../core/errors.ts';
import { type ErrorMessage, errorMessage, fromMessage } from '../error-message.ts';

/** Questions and answers between two processes of one server; each side may ask. */

/** One end of Node's channel between a process and its parent: `process`, or a cluster's worker. */
export interface End {
  send?(message: unknown, callback: (error?: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorMessage };
type Message =
  | { readonly senn: 'question'; readonly id: number; readonly name: string; readonly body: unknown }
  | ({ readonly senn: 'answer'; readonly id: number } & Outcome);

/** The questions that one side answers, by name: a function from a question's body to its answer. */
export type Questions = Record<string, (body: never) => unknown>;
type Body<Asked extends Questions, Name extends keyof Asked> = Parameters<Asked[Name]>[0];
type Answer<Asked extends Questions, Name extends keyof Asked> = Awaited<ReturnType<Asked[Name]>>;

export interface Channel<Asked extends Questions> {
  /** @throws what the other side throws; unavailable where it is gone */
  ask<Name extends keyof Asked & string>(name: Name, body: Body<Asked, Name>): Promise<Answer<Asked, Name>>;
}

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'senn' in message;

const gone = (): SennError => new SennError('unavailable', 'server: the process that was asked has ended');

/** @param answers what this side answers */
export function openChannel<Asked extends Questions, Answered extends Questions>(
  end: End,
  answers: Answered,
): Channel<Asked> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  const send = (message: Message, onFailure = (): void => {}): unknown =>
    end.send?.(message, (error) => {
      if (error) onFailure();
    });
  const answer = async (name: string, body: unknown): Promise<Outcome> => {
    try {
      const given = answers[name];
      if (given === undefined) throw new Error(`no process answers "${name}"`);
      return { ok: true, value: await given(body as never) };
    } catch (error) {
      return { ok: false, error: errorMessage(error) };
    }
  };
  end.on('message', (message) => {
    if (!isMessage(message)) return;
    const { id } = message;
    if (message.senn === 'question') {
      void answer(message.name, message.body).then((outcome) => send({ senn: 'answer', id, ...outcome }));
      return;
    }
    const asker = waiting.get(id);
    waiting.delete(id);
    if (message.ok) asker?.resolve(message.value);
    else asker?.reject(fromMessage(message.error));
  });
  end.on('disconnect', () => {
    for (const { reject } of waiting.values()) reject(gone());
    waiting.clear();
  });
  return {
    ask: <Name extends keyof Asked & string>(name: Name, body: Body<Asked, Name>) =>
      new Promise<Answer<Asked, Name>>((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve: resolve as (value: unknown) => void, reject });
        send({ senn: 'question', id: last, name, body }, () => reject(gone()));
      }),
  };
}
