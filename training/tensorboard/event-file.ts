import { SennError } from '../../core/errors.ts';
import { record } from './record.ts';
import { concatenate, doubleField, floatField, int64Field, messageField, stringField } from './wire.ts';

/** Figures of one step. */
export interface ScalarEvent {
  /** Whole, from 0 to 2⁵³. */
  readonly step: number;
  /** When they were taken, in seconds since 1970. */
  readonly wallTime: number;
  /** Tag → value; TensorBoard groups tags by what comes before their first `/`. The file holds float32. */
  readonly scalars: Readonly<Record<string, number>>;
}

export interface EventFileOptions {
  /** When the file was begun, in seconds since 1970. */
  readonly wallTime: number;
}

/** The version of the format, which the first event says (`tensorflow/core/util/events_writer.h`). */
const FILE_VERSION = 'brain.Event:2';

/** Field numbers of `tensorflow.Event`, `tensorflow/core/util/event.proto`. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;

/** Field numbers of `tensorflow.Summary` and its `Value`, `tensorflow/core/framework/summary.proto`. */
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;

function checkedTime(wallTime: number, where: string): number {
  if (Number.isFinite(wallTime)) return wallTime;
  throw new SennError('internal', `${where}: wallTime ${wallTime} must be finite, in seconds since 1970`, { wallTime });
}

function checkedStep(step: number, where: string): number {
  if (Number.isInteger(step) && step >= 0 && step <= 2 ** 53) return step;
  throw new SennError('internal', `${where}: step ${step} must be a whole number from 0 to 2^53`, { step });
}

function scalarRecord({ step, wallTime, scalars }: ScalarEvent, index: number): Uint8Array {
  const where = `eventFile: event ${index}`;
  const values = Object.entries(scalars).map(([tag, value]) =>
    messageField(SUMMARY.value, [stringField(VALUE.tag, tag), floatField(VALUE.simpleValue, value)]),
  );
  return record(
    concatenate([
      doubleField(EVENT.wallTime, checkedTime(wallTime, where)),
      int64Field(EVENT.step, checkedStep(step, where)),
      messageField(EVENT.summary, values),
    ]),
  );
}

/**
 * An event file, which TensorBoard shows as curves: a record with the version, then one for each of the events. The
 * file of the first n events is the beginning of the file of them all, so one that is being looked at may be appended
 * to, or written again in place. TensorBoard 2.21 by default holds it open: a rename onto its path goes unseen.
 * @throws internal for a step that is not whole or a time that is not finite
 */
export function eventFile(events: readonly ScalarEvent[], { wallTime }: EventFileOptions): Uint8Array {
  const started = doubleField(EVENT.wallTime, checkedTime(wallTime, 'eventFile'));
  const version = record(concatenate([started, stringField(EVENT.fileVersion, FILE_VERSION)]));
  return concatenate([version, ...events.map(scalarRecord)]);
}

/**
 * The name under which TensorBoard looks for an event file: `events.out.tfevents.<seconds>.<host>`.
 * @param wallTime when the file was begun, in seconds since 1970; the name holds whole seconds, in ten digits
 * @param host the machine's name; what does not belong into a file name becomes `-`
 */
export function eventFileName(wallTime: number, host: string): string {
  const seconds = Math.floor(checkedTime(wallTime, 'eventFileName'));
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.${host.replaceAll(/[^\w.-]/g, '-')}`;
}
