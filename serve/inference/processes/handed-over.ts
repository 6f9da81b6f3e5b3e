import type { Worker } from 'node:cluster';

/**
 * Connections that the primary hands to a process which ends before it has taken them. Node's cluster waits for the word of
 * the process for ever then, and the client with it. In the place of the process this says that it has not taken them, upon
 * which cluster gives them to another. It knows of cluster's own messages what its round robin has said since Node 0.12;
 * should that change, such a connection is lost, as it would be without.
 */

interface Message {
  readonly cmd?: unknown;
  readonly act?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
}

const INTERNAL = 'NODE_CLUSTER';

/** From now on, what the process is handed is given to another where it ends. */
export function handBack(worker: Worker): void {
  const { process } = worker;
  const untaken = new Set<unknown>();
  const send = process.send.bind(process) as (...sent: unknown[]) => boolean;
  process.send = (message: Message, ...more: unknown[]) => {
    if (message?.cmd === INTERNAL && message.act === 'newconn') untaken.add(message.seq);
    return send(message, ...more);
  };
  process.on('internalMessage', ({ cmd, ack }: Message) => {
    if (cmd === INTERNAL) untaken.delete(ack);
  });
  const giveBack = (): void => {
    for (const ack of untaken)
      process.emit('internalMessage' as never, { cmd: INTERNAL, ack, accepted: false } as never);
    untaken.clear();
  };
  worker.once('disconnect', giveBack);
  // with a connection under way, there is an end without a disconnect
  worker.once('exit', () => {
    if (!worker.isConnected()) giveBack();
  });
}
