import { SennError } from '../../../core/errors.ts';
import { BOLD } from '../../../core/figure/text.ts';
import { sizeOf } from '../../../core/tensor.ts';
import { plain } from '../../../core/text/format.ts';
import type { Split } from '../../datasets/dataset.ts';
import { type Block, centred, column, figureOf, headed, line, row } from '../blocks.ts';
import { QUIET } from '../quiet.ts';
import { framed, imageBlock } from './image.ts';
import {
  type Prototype,
  type PrototypeCriterion,
  type PrototypeSelection,
  prototypeCriterionNames,
} from './select-prototypes.ts';

/** The figure of the training inputs that stand for each concept. */

export interface PrototypesFigure {
  readonly concepts: readonly { readonly name: string }[];
  readonly selection: PrototypeSelection;
  /** The inputs that the selection was made from: images, `[N, C, H, W]` in [0, 1]. */
  readonly inputs: Pick<Split, 'shape' | 'gather'>;
}

const headings = {
  highest: { title: 'highest activation', subtitle: 'maximise h of the concept' },
  contrast: { title: 'highest contrast', subtitle: 'maximise h of the concept less h of all others' },
  lowest: { title: 'lowest activation', subtitle: 'minimise h of the concept' },
} as const satisfies Record<PrototypeCriterion, { title: string; subtitle: string }>;

const TILE = { side: 42, gap: 2 } as const;
const ROW_GAP = 8;
const LABELS = 140;

/** The lowest and highest activation that the row shows. */
function range(prototypes: readonly Prototype[]): string {
  const activations = prototypes.map(({ activation }) => activation);
  return `h from ${plain(Math.min(...activations))} to ${plain(Math.max(...activations))}`;
}

function strip(inputs: PrototypesFigure['inputs'], prototypes: readonly Prototype[]): Block {
  const [, ...shape] = inputs.shape;
  const size = sizeOf(shape);
  const values = inputs.gather(Int32Array.from(prototypes, ({ index }) => index));
  const tiles = prototypes.map(({ index, activation }, i) => {
    const data = values.subarray(i * size, (i + 1) * size);
    return framed(imageBlock({ shape, data }, TILE.side, `input ${index}: h = ${plain(activation)}`));
  });
  return row(tiles, TILE.gap);
}

/**
 * Each concept in a row, told by inputs: those with its highest activation, its highest contrast, and its lowest
 * activation, the most extreme one first.
 * @throws shape_mismatch
 */
export function prototypes({ concepts, selection, inputs }: PrototypesFigure): string {
  const sections = prototypeCriterionNames.map((criterion) => {
    const rows = selection[criterion];
    if (rows.length !== concepts.length) {
      throw new SennError(
        'shape_mismatch',
        `prototypes: ${criterion} has ${rows.length} rows; must have one for each of the ${concepts.length} concepts`,
      );
    }
    return { criterion, strips: rows.map((row) => strip(inputs, row)) };
  });
  const pitch = Math.max(...sections.flatMap(({ strips }) => strips.map(({ height }) => height)));
  const labels = concepts.map(({ name }, k) => {
    const all = prototypeCriterionNames.flatMap((criterion) => selection[criterion][k] ?? []);
    return centred(column([line(name, LABELS, { weight: BOLD }), line(range(all), LABELS, QUIET)]), pitch);
  });
  return figureOf(
    row(
      [
        headed('concept', 'activations shown', column(labels, ROW_GAP)),
        ...sections.map(({ criterion, strips }) => {
          const { title, subtitle } = headings[criterion];
          return headed(title, subtitle, column(strips, ROW_GAP));
        }),
      ],
      20,
    ),
  );
}
