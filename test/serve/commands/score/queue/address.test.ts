import { describe, expect, it } from 'vitest';
import {
  addressText,
  inTheOpen,
  isInTheOpen,
  parseQueueAddress,
} from '../../../../../serve/commands/score/queue/address.ts';

/** Where a queue is: secrets come from the environment, and are told by nothing. */

const SECRET = 'hunter2';

describe('the address of a queue', () => {
  it.each([
    ['redis://localhost', 'redis://localhost:6379/0'],
    ['redis://10.0.0.7:6380/3', 'redis://10.0.0.7:6380/3'],
    ['rediss://queue.example', 'rediss://queue.example:6379/0'],
    ['redis://[::1]:7000/', 'redis://[::1]:7000/0'],
  ])('%s is %s', (text, told) => {
    expect(addressText(parseQueueAddress(text, {}))).toBe(told);
  });

  it.each([
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://host/db',
    'redis://host/0?tls=true',
    `redis://:${SECRET}@host`,
    `redis://somebody:${SECRET}@host`,
    `rediss://host/${SECRET}`,
  ])('refuses %s, and does not repeat it', (text) => {
    let message = '';
    try {
      parseQueueAddress(text, {});
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^--queue: /);
    expect(message).not.toContain(SECRET);
  });

  it('takes who it is from the environment, and does not tell it', () => {
    const environment = { SENN_QUEUE_USERNAME: 'scorer', SENN_QUEUE_PASSWORD: SECRET };
    const address = parseQueueAddress('redis://queue.example', environment);
    expect(address).toMatchObject({ username: 'scorer', password: SECRET });
    expect(addressText(address) + inTheOpen(address)).not.toContain(SECRET);
    expect(() => parseQueueAddress('rediss://h', { SENN_QUEUE_CA: '/nowhere/ca.pem' })).toThrow(
      'SENN_QUEUE_CA: /nowhere/ca.pem cannot be read (ENOENT)',
    );
  });

  it.each([
    ['redis://localhost', false],
    ['redis://127.0.0.1', false],
    ['redis://[::1]', false],
    ['redis://queue.example', true],
    ['rediss://queue.example', false],
  ])('%s is in the open: %s', (text, open) => {
    expect(isInTheOpen(parseQueueAddress(text, {}))).toBe(open);
  });
});
