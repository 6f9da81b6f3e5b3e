import type { ModelReport } from '../../../../core/scoring/report.ts';
import { imageAt, sizeOf, type Tensor } from '../../../../core/tensor.ts';
import { escaped, percent, signed } from '../../../../core/text/format.ts';
import type { ExplainedModel } from '../../../answers/explained.ts';
import { pngDataUri } from '../../../images/png.ts';
import { type Cell, table } from './html.ts';

/** What makes each class: a row a concept, with its prototypes and what it contributed to each class on average. */

/** Prototypes of a concept that are shown. */
const PROTOTYPES = 4;
/** Classes that a table has room for; of more, those that most inputs were given. */
const MOST_CLASSES = 30;

/** The first prototypes of a concept, as pictures. @param all `[K, P, C, H, W]` */
function pictures(all: Tensor | undefined, k: number, concept: string): string {
  const [, P = 0, ...shape] = all?.shape ?? [];
  if (all === undefined || shape.length !== 3) return '';
  const own: Tensor = {
    shape: [P, ...shape],
    data: all.data.subarray(k * P * sizeOf(shape), (k + 1) * P * sizeOf(shape)),
  };
  const images = Array.from({ length: Math.min(P, PROTOTYPES) }, (_, p) => {
    const label = `prototype ${p + 1} of ${concept}`;
    return `<img src="${pngDataUri(imageAt(own, p))}" width="40" height="40" alt="${escaped(label)}">`;
  });
  return images.join('');
}

export function classTable({ model, classes }: ModelReport, { statics, predictor }: ExplainedModel): string {
  const shown = [...classes].sort((a, b) => b.count - a.count).slice(0, MOST_CLASSES);
  const columns = classes.filter((one) => shown.includes(one));
  const isImage = predictor.manifest.input.kind === 'image';
  const rows = predictor.manifest.concepts.map(({ name }, k): Cell[] => [
    name,
    ...(isImage ? [{ html: pictures(statics['prototypes'], k, name) }] : []),
    ...columns.map(({ count, contributions }) => (count === 0 ? '–' : signed(contributions[name] ?? 0))),
  ]);
  const right = columns.some((one) => one.right !== null)
    ? [['right', ...(isImage ? [''] : []), ...columns.map((one) => (one.right === null ? '–' : percent(one.right)))]]
    : [];
  const counts = ['inputs', ...(isImage ? [''] : []), ...columns.map(({ count }) => String(count))];
  return table(
    `${model}: mean contribution of each concept to each class, in logits, over the inputs that were given the class`,
    ['concept', ...(isImage ? ['prototypes'] : []), ...columns.map(({ label }) => label)],
    [counts, ...right, ...rows],
  );
}
