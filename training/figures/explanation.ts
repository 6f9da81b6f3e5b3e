import { SennError } from '../../core/errors.ts';
import { percent, signed } from '../../core/format.ts';
import type { Prediction } from '../../core/predictor.ts';
import { featuresOfConcepts } from '../../core/tables/named-concepts.ts';
import { rowOf, type Tensor } from '../../core/tensor.ts';
import { barDomain, barsBlock } from './bars.ts';
import { type Block, centred, column, figureOf, headed, line, pair, row, ruled } from './blocks.ts';
import { imageBlock } from './image.ts';
import { type Feature, featureBlock, inputView } from './input-view.ts';
import { checkPrediction, contributionsTo, quoted, type Subject } from './subject.ts';
import { COLOURS, QUIET } from './theme.ts';

/** One input with its explanation. */
export interface ExplanationPanel {
  /** `[C, H, W]` in [0, 1], or `[features]` in their own units. */
  readonly input: Tensor;
  readonly prediction: Prediction;
  /** Index of the class to set against the predicted one; the runner-up when absent. */
  readonly contrast?: number;
}

export interface ExplanationFigure {
  readonly model: Subject;
  readonly panels: readonly ExplanationPanel[];
}

const COLUMN = { image: 160, concepts: 120, features: 210, bars: 226, gap: 26 } as const;
const TILE = { side: 60, gap: 4 } as const;
const TABLE_PITCH = 38;
const TOP_CLASSES = 3;

/** Class indices, the likeliest first. */
const likeliest = ({ probabilities }: Prediction): number[] =>
  [...probabilities.keys()].sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);

function classLines({ classes }: Subject, prediction: Prediction, width: number): Block {
  const rows = likeliest(prediction)
    .slice(0, TOP_CLASSES)
    .map((c, i) => {
      const style = i === 0 ? { bold: true } : { fill: COLOURS.quiet };
      return pair(classes[c] as string, percent(prediction.probabilities[c] as number), width, style);
    });
  return column(rows, 2);
}

/** The likeliest classes, below an image, or above the features of a table that are not among the concepts. */
function inputColumn(model: Subject, { input, prediction }: ExplanationPanel): Block {
  const width = model.input.kind === 'image' ? COLUMN.image : COLUMN.features;
  const classes = classLines(model, prediction, width);
  const options = { width, pitch: TABLE_PITCH };
  if (model.input.kind === 'image') {
    return headed('input', 'and its likeliest classes', column([inputView(model.input, input, options), classes], 10));
  }
  const among = featuresOfConcepts(model);
  const others = model.input.features.flatMap((feature, f) =>
    among.includes(f) ? [] : [featureBlock(feature, input.data[f] as number, options)],
  );
  const subtitle = others.length === 0 ? 'likeliest classes' : 'likeliest classes, and the input';
  return headed('prediction', subtitle, column([classes, ...others], 4));
}

/** Name and activation of every concept, a pitch apart; of one that is a feature the feature's value. */
function conceptColumn(model: Subject, { input, prediction }: ExplanationPanel, pitch: number): Block {
  const features = featuresOfConcepts(model);
  const named = features.some((f) => f !== undefined);
  const width = named ? COLUMN.features : COLUMN.concepts;
  const labels = model.concepts.map(({ name }, k) => {
    const f = features[k];
    if (model.input.kind === 'tabular' && f !== undefined) {
      return featureBlock(model.input.features[f] as Feature, input.data[f] as number, { width, pitch });
    }
    const activation = line(signed(prediction.concepts[k] as number), width, QUIET);
    return centred(column([line(name, width, { bold: true }), activation]), pitch);
  });
  return headed('concept', named ? 'value of the feature' : 'activation h', column(labels));
}

/** The decoded images of every concept's traversal, in the order of the concepts. */
function strips({ concepts }: Subject, { traversals }: Prediction, pitch: number): Block {
  const rows = concepts.map(({ name }, k) => {
    const tiles = traversals
      .filter(({ concept }) => concept === k)
      .flatMap(({ values, decoded }) =>
        values.map((value, s) => {
          const image = { shape: decoded.shape.slice(1), data: rowOf(decoded, s) };
          return imageBlock(image, TILE.side, `${name} = ${signed(value)}`);
        }),
      );
    return centred(row(tiles, TILE.gap), pitch);
  });
  const block = column(rows);
  const third = block.width / 3;
  const ends = (['start', 'middle', 'end'] as const).map((anchor, i) =>
    line(['h − q', 'h', 'h + q'][i] as string, third, { ...QUIET, anchor }),
  );
  return column([line('decoded as the concept moves', block.width, { bold: true }), row(ends), block], 4);
}

/** The class to set against the predicted one. @throws shape_mismatch */
function contrastOf({ classes }: Subject, { prediction, contrast }: ExplanationPanel, where: string): number {
  const index = contrast ?? likeliest(prediction).find((c) => c !== prediction.index);
  if (index !== undefined && classes[index] !== undefined) return index;
  const choices = classes.map((label, c) => `${c} (${label})`).join(', ');
  throw new SennError('shape_mismatch', `${where}: contrast ${index} is no class; choose ${choices}`);
}

function panelBlock(model: Subject, panel: ExplanationPanel, where: string): Block {
  const { prediction } = panel;
  checkPrediction(model, prediction, where);
  const contrast = contrastOf(model, panel, where);
  const pitch = model.input.kind === 'image' ? TILE.side + TILE.gap : TABLE_PITCH;
  const names = model.concepts.map(({ name }) => name);
  const shown = [
    { c: prediction.index, role: 'predicted' },
    { c: contrast, role: 'in contrast' },
  ].map((item) => ({ ...item, values: contributionsTo(prediction, item.c) }));
  const options = { width: COLUMN.bars, pitch, names, domain: barDomain(...shown.map(({ values }) => values)) };
  const bars = shown.map(({ c, role, values }) =>
    headed(
      `${quoted(model, c)}, ${role}`,
      `contributions in logits, sum ${signed(prediction.logits[c] as number)}`,
      barsBlock(values, options),
    ),
  );
  const decoded = model.input.kind === 'image' && prediction.traversals.length > 0;
  return row(
    [
      inputColumn(model, panel),
      conceptColumn(model, panel, pitch),
      ...bars,
      ...(decoded ? [strips(model, prediction, pitch)] : []),
    ],
    COLUMN.gap,
  );
}

/**
 * Inputs with their explanations, one below the other: the input, the contribution of every concept to the predicted
 * class and to a contrast class on one scale, and for images what the decoder makes of each concept's traversal
 * (h ± q, see `core/artefacts/traversals.ts`). Labels, bars and traversals of a concept stand in one row.
 * @throws shape_mismatch
 */
export function explanation({ model, panels }: ExplanationFigure): string {
  if (panels.length === 0) throw new SennError('shape_mismatch', 'explanation: needs at least one input, got none');
  const blocks = panels.map((panel, i) => panelBlock(model, panel, `explanation: input ${i}`));
  return figureOf(ruled(blocks, 20));
}
