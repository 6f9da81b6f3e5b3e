import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../core/text/did-you-mean.ts';

/** Parsers of the flags that the benchmarks share; commander prints what they throw, and exits with 2. */

/** A parser of numbers for which `holds` is true; `rule` says in words which those are. */
export const figure = (rule: string, holds: (value: number) => boolean) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !holds(value)) throw new InvalidArgumentError(`must be ${rule}.`);
  return value;
};
export const count = figure('a whole number above 0', (value) => Number.isInteger(value) && value > 0);
export const whole = figure('a whole number', (value) => Number.isInteger(value) && value >= 0);
export const positive = figure('above 0', (value) => value > 0 && Number.isFinite(value));
export const notNegative = figure('0 or more', (value) => value >= 0 && Number.isFinite(value));
export const share = figure('above 0 and below 1', (value) => value > 0 && value < 1);

/** A comma list of whole numbers. */
export const wholes = (text: string): number[] => text.split(',').map(whole);

/** A comma list of some of the choices. */
export const someOf = (choices: readonly string[]) => (text: string) => {
  const names = text.split(',');
  const unknown = names.find((name) => !choices.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `unknown "${unknown}"; choose ${choices.join(', ')}${didYouMean(unknown, choices)}.`,
    );
  return choices.filter((choice) => names.includes(choice));
};
