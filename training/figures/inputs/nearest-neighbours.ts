import { SennError } from '../../../core/errors.ts';
import { barDomain, contributionsTo } from '../../../core/figure/series.ts';
import { BOLD, TEXT } from '../../../core/figure/text.ts';
import type { Prediction } from '../../../core/predictor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { percent, plain } from '../../../core/text/format.ts';
import { type Block, centred, column, figureOf, line, row, ruled, space } from '../blocks.ts';
import { barsBlock } from '../charts/bars.ts';
import { QUIET } from '../quiet.ts';
import { inputView } from './input-view.ts';
import { checkPrediction, quoted, type Subject } from './subject.ts';

/** An input with its explanation. */
export interface ExplainedInput {
  /** Row of the input in its data set. */
  readonly index: number;
  /** `[C, H, W]` in [0, 1], or `[features]` in their own units. */
  readonly input: Tensor;
  readonly prediction: Prediction;
}

export interface ExplainedNeighbour extends ExplainedInput {
  /** As `nearestInConceptSpace` gives it. */
  readonly distance: number;
}

export interface NearestNeighboursFigure {
  readonly model: Subject;
  readonly groups: readonly { readonly query: ExplainedInput; readonly neighbours: readonly ExplainedNeighbour[] }[];
}

const CELL = { width: 136, gap: 14 } as const;
const VIEW = { width: 72, pitch: 26 } as const;
const LABELS = 110;
/** What the bars are, above their labels. */
const LEGEND = ['contributions θ·h', 'to the class', 'predicted, logits'] as const;
const PITCH = 17;

const small = { size: TEXT.small } as const;

/** A group's cells have one scale, so that their bars can be compared. */
function groupBlock(
  model: Subject,
  inputs: readonly ExplainedInput[],
  headings: readonly string[],
  where: string,
): Block {
  for (const { index, prediction } of inputs) checkPrediction(model, prediction, `${where}, input ${index}`);
  const values = inputs.map(({ prediction }) => contributionsTo(prediction, prediction.index));
  const names = model.concepts.map(({ name }) => name);
  const options = { width: CELL.width, pitch: PITCH, names, size: 10, domain: barDomain(...values) };
  const viewWidth = model.input.kind === 'image' ? VIEW.width : CELL.width;
  const heads = inputs.map(({ index, input, prediction }, i) =>
    column(
      [
        line(headings[i] as string, CELL.width, { ...small, weight: BOLD }),
        line(`input ${index}`, CELL.width, QUIET),
        inputView(model.input, input, { width: viewWidth, pitch: VIEW.pitch }),
        line(`${quoted(model, prediction.index)} ${percent(prediction.probability)}`, CELL.width, small),
      ],
      3,
    ),
  );
  const labels = names.map((name) => centred(line(name, LABELS, { ...QUIET, anchor: 'end' }), PITCH));
  const legend = column(LEGEND.map((text) => line(text, LABELS, { ...QUIET, anchor: 'end' })));
  const above = Math.max(...heads.map(({ height }) => height)) - legend.height;
  return column(
    [
      row([column([space(LABELS, above), legend]), ...heads], CELL.gap),
      row([column(labels), ...values.map((row) => barsBlock(row, options))], CELL.gap),
    ],
    6,
  );
}

/**
 * Inputs, each beside its nearest neighbours in concept space: what is close there should look alike and be explained
 * alike. Below each, what every concept contributes to the class predicted for it, in logits.
 * @throws shape_mismatch
 */
export function nearestNeighbours({ model, groups }: NearestNeighboursFigure): string {
  if (groups.length === 0) {
    throw new SennError('shape_mismatch', 'nearestNeighbours: needs at least one input, got none');
  }
  const blocks = groups.map(({ query, neighbours }, i) =>
    groupBlock(
      model,
      [query, ...neighbours],
      ['query', ...neighbours.map(({ distance }, n) => `${n + 1}: distance ${plain(distance)}`)],
      `nearestNeighbours: group ${i}`,
    ),
  );
  return figureOf(ruled(blocks, 18));
}
