import { aggregate, contributionsOf } from '../../artefacts/explanation.ts';
import { planOf } from '../../graphs.ts';
import { rowOf } from '../../tensor.ts';
import { isNoValue, type NoValue, noValue } from '../no-value.ts';
import { complement } from '../shared/probability.ts';
import { readEach } from '../shared/read-each.ts';
import { absentConcepts } from '../shared/reference.ts';
import { spreadRows } from '../shared/spread.ts';
import type { Explanations } from './explanations.ts';
import type { ScoredModel } from './scored-model.ts';

/**
 * What becomes of inputs when sets of their concepts are taken away, as a game of players who leave: the contract by
 * which any attribution over the same players can be tested, and the removal through the decoder.
 */

/** Players that leave input n. */
export interface Coalition {
  readonly n: number;
  /** Indices into `players`. */
  readonly removed: readonly number[];
}

/** What the model then says of the class that it predicted of the input as it is. */
export interface Outcome {
  readonly logit: number;
  /** 1 − p, which keeps its digits where the model is sure. */
  readonly complement: number;
}

export interface Removals {
  /** Indices of the inputs that are looked at. */
  readonly rows: Int32Array;
  /** Indices of the concepts that can leave. */
  readonly players: readonly number[];
  /** Each coalition is looked at once, however often it is asked for. @returns in the order asked for */
  play(asked: readonly Coalition[], onProgress?: (done: number, total: number) => void): Promise<Outcome[]>;
}

/** Inputs of which concepts are taken away, at most. */
const MOST_INPUTS = 500;

/**
 * Removal that the model must see for itself: a concept that leaves takes its mean over the training set, the whole is
 * decoded, and read by the model again. Where nobody leaves, the input is decoded as it is, so that what the decoder loses is
 * no removal. Of a table whose concepts are its features that is the feature at its usual value. At most 500 inputs, evenly
 * spread over the set; constant concepts stay.
 */
export function decodedRemovals(model: ScoredModel, { concepts, predicted }: Explanations): Removals | NoValue {
  const { manifest } = model;
  if (planOf(manifest.graphs, ['concepts'], ['reconstruction']) === undefined) {
    return noValue('the model has no decoder to show concepts taken away');
  }
  const absent = absentConcepts(manifest);
  if (isNoValue(absent)) return absent;
  const known = new Map<string, Outcome>();
  const keyOf = ({ n, removed }: Coalition): string => `${n}:${removed.toSorted((a, b) => a - b).join()}`;
  return {
    rows: spreadRows(predicted.length, MOST_INPUTS),
    players: absent.map(({ k }) => k),
    play: async (asked, onProgress) => {
      const keys = asked.map(keyOf);
      const fresh = new Map(asked.map((coalition, i) => [keys[i] as string, coalition] as const));
      for (const key of known.keys()) fresh.delete(key);
      const [names, missing] = [[...fresh.keys()], [...fresh.values()]];
      await readEach(model, 'concepts', {
        count: missing.length,
        fill: (i, row) => {
          const { n, removed } = missing[i] as Coalition;
          row.set(rowOf(concepts, n));
          for (const m of removed) row[absent[m]?.k as number] = absent[m]?.mean as number;
        },
        visit: (i, h, theta) => {
          const logits = aggregate(contributionsOf(h, theta));
          const c = predicted[(missing[i] as Coalition).n] as number;
          known.set(names[i] as string, { logit: logits[c] as number, complement: complement(logits, c) });
        },
        onProgress: (done) => onProgress?.(done, missing.length),
      });
      return keys.map((key) => known.get(key) as Outcome);
    },
  };
}
