import { describe, expect, it } from 'vitest';
import { auditSentence } from '../../../core/audit/sentence.ts';

type Figures = Readonly<Record<string, number | null>>;
const saying = (figures: Figures) => auditSentence({ data: 'mnist:test', count: 100, figures });

/** Right in 99 % of cases; chance 10 % and, of the most frequent class, 11 %. */
const figures = (permuted: number | null, mean: number | null, more: Figures = {}): Figures => ({
  accuracy: 0.99,
  'leak.permuted': permuted,
  ...(permuted === null ? {} : { 'leak.permuted.floor': 0.1 }),
  'leak.mean': mean,
  ...(mean === null ? {} : { 'leak.mean.chance': 0.11 }),
  ...more,
});

describe('the audit in a sentence', () => {
  it('says that concepts carry the decision where both leaks are at chance', () => {
    expect(saying(figures(0.104, 0.098))).toBe(
      'The reasons shown are the model’s real ones, whether it is right or not: it decides by these concepts (right in 99 % of cases; with the concepts of another input, in 10 %, where chance is right in 10 %).',
    );
  });

  it('says that they do not, by the worst of the leaks', () => {
    expect(saying(figures(0.76, 0.969))).toBe(
      'Do not trust the reasons shown: the model decides mostly by what is not shown, not by these concepts (right in 99 % of cases; with every concept at its average, in 97 %, where chance is right in 11 %).',
    );
    expect(saying(figures(0.96, 0.11))).toMatch(/Do not trust .*; with the concepts of another input, in 96 %/);
  });

  it('says that they carry a part of it in between', () => {
    expect(saying(figures(0.276, 0.326))).toMatch(
      /only a part of .* but also by what is not shown .*; with every concept .* 33 %/,
    );
  });

  it.each([
    [0.1445, 0.1, 'are the model’s real ones'], // exactly 5 % of .89 above .1
    [0.145, 0.1, 'are only a part'],
    [0.544, 0.1, 'are only a part'],
    [0.546, 0.1, 'Do not trust'],
  ])('has its thresholds at 5 %% and at half of what is above chance: %s', (permuted, mean, words) => {
    expect(saying(figures(permuted, mean))).toContain(words);
  });

  it('says that the weights are the same for every input, where they are', () => {
    const constant = { 'relevance.permuted.constant': 1 };
    expect(saying(figures(0.1, 0.1, constant))).toContain(
      'by these concepts, which it weighs the same for every input (',
    );
    expect(saying(figures(0.3, 0.1, constant))).toContain(
      'by these concepts, which it weighs the same for every input, but also by what is not shown (',
    );
    expect(saying(figures(0.1, 0.1, { 'relevance.permuted.constant': 0 }))).not.toContain('weighs');
  });

  it('makes do with one leak, whichever it is', () => {
    expect(saying(figures(null, 0.1))).toContain('with every concept at its average');
    expect(saying(figures(0.1, null))).toContain('with the concepts of another input');
  });

  it('never rounds to certain or to impossible', () => {
    expect(saying({ ...figures(0.1, 0.1), accuracy: 0.9976 })).toContain('(right in 99.8 % of cases; ');
    expect(saying({ ...figures(0.1, 0.1), accuracy: 1 })).toContain('(right in 100 % of cases; ');
    expect(saying({ accuracy: 0.9, 'leak.permuted': 0.002, 'leak.permuted.floor': 0.1 })).toContain(
      ', in 0.2 %, where',
    );
  });

  it('does not praise the concepts of a model that guesses', () => {
    expect(saying({ ...figures(0.1, 0.1), accuracy: 0.115 })).toBe(
      'This model hardly decides at all: it is right in 12 % of cases, where chance is right in 10 %.',
    );
  });

  it('says nothing without an audit, an accuracy or a leak', () => {
    expect(auditSentence(undefined)).toBeUndefined();
    expect(saying({})).toBeUndefined();
    expect(saying({ 'leak.permuted': 0.1, 'leak.permuted.floor': 0.1 })).toBeUndefined();
    expect(saying(figures(null, null))).toBeUndefined();
    expect(saying({ accuracy: 0.99, 'leak.permuted': 0.1 })).toBeUndefined();
  });
});
