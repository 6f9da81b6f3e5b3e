import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SennError } from '../../../../core/errors.ts';
import { type End, openChannel } from '../../../../serve/inference/processes/channel.ts';

/** Two ends of a line. */
function line(): [End & EventEmitter, End & EventEmitter] {
  const ends = [new EventEmitter(), new EventEmitter()] as const;
  const made = ends.map((end, i) =>
    Object.assign(end, {
      send: (message: unknown) => queueMicrotask(() => ends[1 - i]?.emit('message', structuredClone(message))),
    }),
  );
  return made as unknown as [End & EventEmitter, End & EventEmitter];
}

type Arithmetic = {
  double(value: number): Promise<number>;
  refuse(): never;
  break(): never;
  forever(): Promise<void>;
};

function opened() {
  const [here, there] = line();
  openChannel<Record<string, never>, Arithmetic>(there, {
    double: async (value) => 2 * value,
    refuse: () => {
      throw new SennError('unknown_model', 'no model', { name: 'x' });
    },
    break: () => {
      throw new TypeError('a secret');
    },
    forever: () => new Promise(() => {}),
  });
  return { here, there, channel: openChannel<Arithmetic, Record<string, never>>(here, {}) };
}

describe('a channel', () => {
  it('gives each question its own answer', async () => {
    const { channel } = opened();
    expect(await Promise.all([1, 2, 3].map((value) => channel.ask('double', value)))).toEqual([2, 4, 6]);
  });

  it('carries an error with its code and details; one that is not ours stays none of ours', async () => {
    const { channel } = opened();
    await expect(channel.ask('refuse', undefined)).rejects.toMatchObject({
      code: 'unknown_model',
      details: { name: 'x' },
    });
    await expect(channel.ask('break', undefined)).rejects.not.toHaveProperty('code');
  });

  it('refuses what waits when the other side goes, and leaves foreign messages alone', async () => {
    const { here, channel } = opened();
    const waiting = channel.ask('forever', undefined);
    here.emit('message', { type: 'of another library' });
    here.emit('disconnect');
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  });
});
