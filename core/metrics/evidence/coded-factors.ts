import type { RandomStream } from '../../random.ts';
import type { CodedSample } from './factors.ts';
import { type CodedGroups, type CodedRows, codedGroups, drawSample } from './groups.ts';

/** Rows with known factors, in the two ways in which metrics read them. */
export interface CodedFactors {
  /** Different rows drawn at random: drawn and encoded when first asked for, and the same ones from then on. */
  sample(): Promise<CodedSample>;
  /** Rows drawn by the factors that they share. */
  groups(): CodedGroups;
}

/**
 * Rows of the sample: 10,000 to learn from and 5,000 to test on, where a metric parts them. As Locatello et al. 2019,
 * "Challenging Common Assumptions in the Unsupervised Learning of Disentangled Representations", has it.
 */
const SAMPLE_ROWS = 15_000;

/**
 * @param random draws the sample
 * @returns what throws shape_mismatch | unsupported_input, once asked, where a factor's value is out of range or none
 * varies
 */
export function codedFactors(rows: CodedRows, random: RandomStream): CodedFactors {
  let sample: Promise<CodedSample> | undefined;
  let groups: CodedGroups | undefined;
  return {
    sample: () => {
      sample ??= drawSample(rows, SAMPLE_ROWS, random);
      return sample;
    },
    groups: () => {
      groups ??= codedGroups(rows);
      return groups;
    },
  };
}
