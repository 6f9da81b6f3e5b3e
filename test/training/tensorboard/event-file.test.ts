import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventFile, eventFileName, type ScalarEvent } from '../../../training/tensorboard/event-file.ts';
import { readEvents, readRecords } from './reader.ts';

const options = { wallTime: 1_750_000_000.25 };
const bytes = (...hex: readonly string[]): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'));

/** What a file of one event with these scalars holds of them. */
const written = (scalars: ScalarEvent['scalars']) =>
  readEvents(eventFile([{ step: 1, wallTime: 1, scalars }], options))[1]?.scalars;

const anyTime = fc.double({ min: 0, max: 4e9, noNaN: true });
const anyEvent: fc.Arbitrary<ScalarEvent> = fc.record({
  step: fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53)),
  wallTime: anyTime,
  scalars: fc.dictionary(fc.string({ unit: 'binary' }), fc.double()),
});
const anyEvents = fc.array(anyEvent, { maxLength: 6 });

describe('an event file', () => {
  it('has these bytes; the checksums are those of TensorBoard 2.21', () => {
    const file = eventFile([{ step: 300, wallTime: 1.5, scalars: { a: 0.5 } }], { wallTime: 1 });
    expect(file).toEqual(
      bytes(
        '18 00 00 00 00 00 00 00', // 24 bytes follow
        'a3 7f 4b 22', //            masked CRC-32C of the eight bytes above
        '09 00 00 00 00 00 00 f0 3f', // Event.wall_time = 1: field 1, 64 bits
        '1a 0d 62 72 61 69 6e 2e 45 76 65 6e 74 3a 32', // Event.file_version: field 3, 13 bytes, "brain.Event:2"
        '86 bf 57 7a', // masked CRC-32C of these 24 bytes
        '18 00 00 00 00 00 00 00',
        'a3 7f 4b 22',
        '09 00 00 00 00 00 00 f8 3f', // Event.wall_time = 1.5
        '10 ac 02', // Event.step: field 2, varint, 300 = 0x2c + 2 · 128
        '2a 0a', // Event.summary: field 5, 10 bytes
        '0a 08', // Summary.value: field 1, 8 bytes
        '0a 01 61', // Value.tag: field 1, 1 byte, "a"
        '15 00 00 00 3f', // Value.simple_value = 0.5: field 2, 32 bits
        '64 07 6a 3f',
      ),
    );
  });

  it('gives a protobuf decoder what went in, the values as float32', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        expect(readEvents(eventFile(events, options))).toEqual([
          { wallTime: options.wallTime, step: 0, fileVersion: 'brain.Event:2' },
          ...events.map((event) => ({
            ...event,
            scalars: Object.entries(event.scalars).map(([tag, value]) => [tag, Math.fround(value)]),
          })),
        ]);
      }),
    );
  });

  it('of some events is the beginning of the file of more', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (first, more) => {
        const [short, long] = [eventFile(first, options), eventFile([...first, ...more], options)];
        expect(long.subarray(0, short.length)).toEqual(short);
        expect(readRecords(long)).toHaveLength(1 + first.length + more.length);
      }),
    );
  });

  it('without events holds the version alone', () => {
    expect(readEvents(eventFile([], options))).toEqual([{ ...options, step: 0, fileVersion: 'brain.Event:2' }]);
  });

  it('keeps values that are not finite, rounds what is beyond float32 to ∞, and keeps the sign of zero', () => {
    const [nan, up, down] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(written({ nan, up, down, far: 1e39, zero: -0 })).toEqual([
      ['nan', nan],
      ['up', up],
      ['down', down],
      ['far', up],
      ['zero', -0],
    ]);
  });

  it('keeps tags in any script and of any length', () => {
    const tags = ['loss/L_θ', '损失', 'précision', '🧠/🎯', 'x'.repeat(1000)];
    expect(written(Object.fromEntries(tags.map((tag, i) => [tag, i])))).toEqual(tags.map((tag, i) => [tag, i]));
  });

  it('writes U+FFFD for half a surrogate pair', () => {
    expect(written({ 'a\ud83e': 1 })).toEqual([['a\ufffd', 1]]);
  });

  it.each([-1, 1.5, 2 ** 53 + 2, Number.NaN])('refuses step %d and names the event', (step) => {
    const good = { step: 0, wallTime: 1, scalars: {} };
    expect(() => eventFile([good, { ...good, step }], options)).toThrow(
      `eventFile: event 1: step ${step} must be a whole number from 0 to 2^53`,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses time %d', (wallTime) => {
    const rule = `wallTime ${wallTime} must be finite, in seconds since 1970`;
    expect(() => eventFile([], { wallTime })).toThrow(`eventFile: ${rule}`);
    expect(() => eventFile([{ step: 0, wallTime, scalars: {} }], options)).toThrow(`eventFile: event 0: ${rule}`);
    expect(() => eventFileName(wallTime, 'host')).toThrow(`eventFileName: ${rule}`);
  });
});

describe('the name of an event file', () => {
  it.each([
    [1_750_000_000.9, 'gpu-01.lab.example', 'events.out.tfevents.1750000000.gpu-01.lab.example'],
    [1, 'a', 'events.out.tfevents.0000000001.a'],
    [1_750_000_000, '../Zoë’s Mac', 'events.out.tfevents.1750000000...-Zo--s-Mac'],
  ])('at %d on %s is a plain file name', (wallTime, host, name) => {
    expect(eventFileName(wallTime, host)).toBe(name);
  });
});
