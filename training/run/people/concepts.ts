import { SMALLEST_GROUP } from '../../../core/concepts/schema.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Split } from '../../datasets/dataset.ts';
import { type Group, groupsIn, meanOf } from './groups.ts';

/** The ends of concepts over a training set of people: groups in the place of prototypes, and nothing by contrast. */

/** Groups of an end. */
const GROUPS = 9;
/** Inputs that an end is, at most: so many, of a small set the quarter of it. */
const LOOKED_AT = 1000;
const END_SHARE = 0.25;

/** `[K]`, the groups of each concept. */
interface EndGroups {
  readonly high: readonly (readonly Group[])[];
  readonly low: readonly (readonly Group[])[];
}

/** Groups at both ends of every concept; one whose mean activation lies on the other side stands for no end. */
function endGroups(
  split: Split,
  input: TabularInput,
  { shape, data }: Tensor,
  concepts: readonly Concept[],
): EndGroups {
  const [N = 0, K = 0] = shape;
  const most = Math.max(SMALLEST_GROUP, Math.min(LOOKED_AT, Math.ceil(N * END_SHARE)));
  const groupsAlong = groupsIn(split, input);
  const groupsAt = (sign: 1 | -1, k: number): Group[] => {
    const at = (n: number): number => sign * (data[n * K + k] as number);
    const reference = sign * (concepts[k]?.mean ?? 0);
    const order = Array.from({ length: N }, (_, n) => n).sort((a, b) => at(b) - at(a) || a - b);
    return groupsAlong(order.slice(0, most), GROUPS)
      .map(({ group }) => group)
      .filter((group) => group.reduce((sum, n) => sum + at(n), 0) / group.length >= reference);
  };
  return {
    high: concepts.map((_, k) => groupsAt(1, k)),
    low: concepts.map(({ deviation }, k) => (deviation === 0 ? [] : groupsAt(-1, k))),
  };
}

/** The class that most of a group have; of as many, the first. */
function classOf(group: Group, labels: ArrayLike<number>): number {
  const own = group.map((n) => labels[n] as number);
  const votes = (label: number): number => own.filter((other) => other === label).length;
  return own.reduce((best, label) => (votes(label) > votes(best) ? label : best));
}

const sizesOf = (groups: readonly Group[]): number[] => groups.map(({ length }) => length);

/** `[K, P, F]`, the mean of each group; what fills up a concept that has fewer is zeros. */
function meansOf(ends: readonly (readonly Group[])[], split: Split, { features }: TabularInput): Tensor {
  const [P, F] = [Math.max(...ends.map(({ length }) => length)), features.length];
  const data = new Float32Array(ends.length * P * F);
  ends.forEach((groups, k) => {
    groups.forEach((group, p) => {
      data.set(meanOf(split, group), (k * P + p) * F);
    });
  });
  return { shape: [ends.length, P, F], data };
}

/**
 * What the manifest says of concepts, and what the folder shows of them, without a row of one person.
 * @param activations `[N, K]`, over the training set
 * @param concepts as `describeConcepts` gives them
 */
export function conceptsOfPeople(
  activations: Tensor,
  concepts: readonly Concept[],
  { input, train }: { readonly input: TabularInput; readonly train: Split },
): { readonly concepts: Manifest['concepts']; readonly statics: Record<'prototypes' | 'lowPrototypes', Tensor> } {
  const { high, low } = endGroups(train, input, activations, concepts);
  return {
    concepts: concepts.map((concept, k) => {
      const [highs, lows] = [high[k] as readonly Group[], low[k] as readonly Group[]];
      return {
        ...concept,
        prototypes: [],
        prototypeLabels: highs.map((group) => classOf(group, train.labels)),
        lowPrototypes: [],
        lowPrototypeLabels: lows.map((group) => classOf(group, train.labels)),
        contrasts: [],
        groups: { high: sizesOf(highs), low: sizesOf(lows) },
      };
    }),
    statics: { prototypes: meansOf(high, train, input), lowPrototypes: meansOf(low, train, input) },
  };
}
