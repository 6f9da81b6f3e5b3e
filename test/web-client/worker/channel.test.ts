import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SennError } from '../../../core/errors.ts';
import { type CallContext, createChannel, type Endpoint } from '../../../web-client/worker/channel.ts';
import { packed } from '../../../web-client/worker/packing.ts';

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** Two ends of a channel; what is sent from the first is kept. */
function connected<Theirs extends Parameters<typeof createChannel>[1]>(theirs: Theirs) {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const sent: unknown[] = [];
  const endpoint = (port: MessagePort, keep?: unknown[]): Endpoint => ({
    postMessage: (message, transfer) => {
      keep?.push(message);
      port.postMessage(message, transfer);
    },
    addEventListener: (type, listener) => {
      port.addEventListener(type, listener as EventListener);
      port.start();
    },
  });
  createChannel(endpoint(port2), theirs);
  return { channel: createChannel<Theirs>(endpoint(port1, sent), {}), sent };
}

describe('a channel', () => {
  it('brings arguments and answers, however they overtake each other', async () => {
    const { channel } = connected({
      later: async (_: CallContext, ms: number, word: string) => {
        await sleep(ms);
        return { word, tensor: { shape: [2], data: Float32Array.of(1, 2) } };
      },
    });
    const [slow, fast] = [channel.call('later', [30, 'slow']), channel.call('later', [0, 'fast'])];
    expect((await fast).word).toBe('fast');
    expect(await slow).toEqual({ word: 'slow', tensor: { shape: [2], data: Float32Array.of(1, 2) } });
  });

  it('leaves the sender its tensors, and sends no more than their own values', async () => {
    const { channel, sent } = connected({
      sum: async (_: CallContext, { data }: { data: Float32Array }) => [data.buffer.byteLength, data[0], data[1]],
    });
    const all = Float32Array.from({ length: 1000 }, (_, i) => i);
    expect(await channel.call('sum', [{ data: all.subarray(7, 9) }])).toEqual([8, 7, 8]);
    expect(all[8]).toBe(8);
    expect(sent).toHaveLength(1);
  });

  it('brings errors with their code, their details and what caused them', async () => {
    const cause = new TypeError('Failed to fetch');
    const { channel } = connected({
      fail: async (_: CallContext, how: string): Promise<void> => {
        if (how === 'senn') throw new SennError('invalid_model', 'sha256 must be', { expected: 'a' }, cause);
        throw how === 'function' ? () => {} : new RangeError('out of range');
      },
      give: async () => () => {},
    });
    const told = await channel.call('fail', ['senn']).catch((error: unknown) => error);
    expect(told).toBeInstanceOf(SennError);
    expect(told).toMatchObject({ code: 'invalid_model', message: 'sha256 must be', details: { expected: 'a' } });
    expect((told as SennError).cause).toMatchObject({ name: 'TypeError', message: 'Failed to fetch' });
    await expect(channel.call('fail', ['other'])).rejects.toMatchObject({
      name: 'RangeError',
      message: 'out of range',
    });
    await expect(channel.call('fail', ['function'])).rejects.toMatchObject({ code: 'internal' });
    await expect(channel.call('give', [])).rejects.toMatchObject({ code: 'internal' });
  });

  it('rejects arguments that no message can carry, and goes on', async () => {
    const { channel } = connected({ echo: async (_: CallContext, value: unknown) => value });
    await expect(channel.call('echo', [() => {}])).rejects.toThrow('could not be cloned');
    expect(await channel.call('echo', ['still here'])).toBe('still here');
  });

  it('brings notes before the answer, and tells the other side that nobody waits', async () => {
    const stopped = vi.fn();
    const { channel } = connected({
      work: async ({ note, signal }: CallContext) => {
        note({ loaded: 1 });
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        stopped();
        throw new Error('stopped');
      },
    });
    const controller = new AbortController();
    const notes: unknown[] = [];
    const call = channel.call('work', [], {
      signal: controller.signal,
      onNote: (value) => {
        notes.push(value);
        controller.abort();
      },
    });
    await expect(call).rejects.toThrow('stopped');
    expect(notes).toEqual([{ loaded: 1 }]);
    expect(stopped).toHaveBeenCalledTimes(1);
    await expect(channel.call('work', [], { signal: controller.signal })).rejects.toThrow('aborted');
  });

  it('that has ended rejects what waits, and what comes', async () => {
    const { channel } = connected({ never: () => new Promise<never>(() => {}) });
    const waiting = channel.call('never', []);
    const reason = new SennError('unavailable', 'the worker died');
    channel.end(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(channel.call('never', [])).rejects.toBe(reason);
  });
});

describe('packed', () => {
  it('hands over memory that a tensor fills, once, and copies views of it', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const { value, transfer } = packed({ own: data, view: data.subarray(1, 3), again: data }, false);
    const { own, view, again } = value as Record<string, Float32Array>;
    expect(own).toBe(data);
    expect(transfer).toHaveLength(3);
    expect(new Set(transfer).size).toBe(3);
    expect([Array.from(view ?? []), Array.from(again ?? [])]).toEqual([
      [2, 3],
      [1, 2, 3, 4],
    ]);
  });
});
