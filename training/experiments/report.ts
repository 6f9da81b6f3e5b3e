import { basename, join, resolve } from 'node:path';
import { artefactsOf } from '../../core/artefacts/index.ts';
import { SennError } from '../../core/errors.ts';
import { captionOf } from '../../core/figure/figure.ts';
import { batchSize, rowOf, sliceRows, type Tensor } from '../../core/tensor.ts';
import type { Split } from '../datasets/dataset.ts';
import { trainingCurves } from '../figures/charts/training-curves.ts';
import { explanation } from '../figures/inputs/explanation.ts';
import { filters } from '../figures/inputs/filters.ts';
import { type ExplainedInput, nearestNeighbours } from '../figures/inputs/nearest-neighbours.ts';
import { prototypes } from '../figures/inputs/prototypes.ts';
import { nearestInConceptSpace } from '../figures/inputs/select-neighbours.ts';
import { selectPrototypes } from '../figures/inputs/select-prototypes.ts';
import { kindOf } from '../kinds/index.ts';
import { inOrder } from '../loop/batches.ts';
import type { ReportFigure } from '../report/document.ts';
import { runReport } from '../report/run-report.ts';
import { writeReport } from '../report/write-report.ts';
import { conceptActivations } from '../run/evaluate.ts';
import { trainingInputStatics } from '../run/statics.ts';
import type { Experiment } from './experiment.ts';
import { type OpenedRun, openRun } from './open-run.ts';
import { repeated } from './sweep/repeated.ts';

/** Test inputs that the explanation figure shows. */
const EXPLAINED = 3;
/** Test inputs whose neighbours are shown, and how many of each. */
const QUERIES = 3;
const NEIGHBOURS = 4;
/** Prototypes of a concept, by each criterion. */
const PROTOTYPES = 9;
/** Neighbours are looked for among the first of the test inputs. */
const SEARCHED = 10_000;

function inputsOf(split: Split, rows: Int32Array): Tensor {
  return { shape: [rows.length, ...split.shape.slice(1)], data: split.gather(rows) };
}

async function explanationFigure({ predictor, workspace }: OpenedRun): Promise<ReportFigure> {
  const { test, train } = workspace.dataset;
  const { manifest } = predictor;
  const statics = trainingInputStatics(manifest, train);
  const model = { ...manifest, artefacts: [...manifest.artefacts, ...Object.keys(statics)] };
  const inputs = inputsOf(test, inOrder(Math.min(EXPLAINED, test.labels.length)));
  const predictions = await predictor.predict(inputs, { explain: artefactsOf(manifest) });
  const panels = predictions.map((prediction, i) => ({
    input: { shape: inputs.shape.slice(1), data: rowOf(inputs, i) },
    prediction,
  }));
  return {
    name: 'explanation',
    title: 'Explanations of the first test inputs',
    caption: captionOf(model),
    svg: explanation({ model, statics, panels }),
  };
}

/** `[N, K] → [N, count]` */
function firstColumns({ shape, data }: Tensor, count: number): Tensor {
  const [N = 0, K = 0] = shape;
  const columns = Float32Array.from(
    { length: N * count },
    (_, i) => data[Math.floor(i / count) * K + (i % count)] as number,
  );
  return { shape: [N, count], data: columns };
}

/**
 * Prototypes say what a concept came to stand for, so they are training inputs, as those of the manifest. A bias has
 * none: it is the same for every input.
 */
function prototypesFigure({ config, record, workspace }: OpenedRun): ReportFigure {
  const { networks, train, dataset } = workspace;
  const concepts = record.concepts.slice(0, kindOf(config).hasBias(config) ? -1 : undefined);
  const activations = conceptActivations(networks, { ...train, split: dataset.train });
  const selection = selectPrototypes(firstColumns(activations, concepts.length), PROTOTYPES);
  return {
    name: 'prototypes',
    title: 'Prototypes of every concept',
    caption: 'Training inputs of highest activation, of highest contrast and of lowest activation.',
    svg: prototypes({ concepts, selection, inputs: dataset.train }),
  };
}

/** @param activations `[N, K]`, of the test inputs */
async function neighboursFigure(
  { record, predictor, workspace }: OpenedRun,
  activations: Tensor,
): Promise<ReportFigure> {
  const { test } = workspace;
  const searched = Math.min(SEARCHED, batchSize(activations));
  const concepts = sliceRows(activations, 0, searched);
  const explained = async (index: number): Promise<ExplainedInput> => {
    const input = inputsOf(test.split, Int32Array.of(index));
    const [prediction] = await predictor.predict(input, { explain: [] });
    return { index, input: { shape: input.shape.slice(1), data: input.data }, prediction: prediction as never };
  };
  const queries = [...inOrder(Math.min(QUERIES, searched))];
  const found = nearestInConceptSpace(concepts, queries, { count: NEIGHBOURS, scaled: true });
  const groups = [];
  for (const query of queries) {
    const neighbours = [];
    for (const { index, distance } of found[query] ?? []) neighbours.push({ ...(await explained(index)), distance });
    groups.push({ query: await explained(query), neighbours });
  }
  return {
    name: 'nearest-neighbours',
    title: 'Nearest neighbours in concept space',
    caption:
      'Test inputs whose concept activations are closest, in standard deviations of each concept, with their explanations: near inputs should be explained alike.',
    svg: nearestNeighbours({ model: record, groups }),
  };
}

/** The kernel of the encoder's first convolution; none where it has none. */
function filtersFigure({ workspace }: OpenedRun): ReportFigure[] {
  const layer = workspace.networks.conceptizer.layers.find((each) => each.getClassName() === 'Conv2D');
  const kernel = layer?.weights[0]?.read();
  if (kernel === undefined) return [];
  return [
    {
      name: 'filters',
      title: "Kernels of the encoder's first convolution",
      caption: 'One tile a filter, grey scale symmetric about zero.',
      svg: filters({ kernel: { shape: kernel.shape, data: kernel.dataSync<'float32'>() } }),
    },
  ];
}

/** Where the report of each run goes: into `out`, or of several into a folder each, called like that of the run. */
function reportFolders(runs: readonly string[], out: string): string[] {
  if (runs.length === 1) return [out];
  const names = runs.map((run) => basename(resolve(run)));
  const twice = repeated(names);
  if (twice !== undefined) {
    throw new SennError(
      'invalid_config',
      `--run: two of the run folders are called "${twice}", and so would their reports be; report them one by one`,
      { runs },
    );
  }
  return names.map((name) => join(out, name));
}

/** The figures of a finished run, and a report that holds them. */
export const report: Experiment = {
  needs: ['runs'],
  run: async ({ runs, out, png }) => {
    const files: string[] = [];
    const folders = reportFolders(runs, out);
    for (const [i, folder] of runs.entries()) {
      const run = await openRun(folder);
      const { record, epochs, config, workspace } = run;
      const { networks, train, heldOut, test } = workspace;
      const activations = conceptActivations(networks, test);
      const images = record.input.kind === 'image';
      const figures: ReportFigure[] = [
        {
          name: 'training-curves',
          title: 'Training curves',
          caption:
            'Every term of the loss, a mean over each epoch, the learning rate at its end, and the figures on the held-out inputs where there are any.',
          svg: await trainingCurves({ epochs }),
        },
        await explanationFigure(run),
        ...(images ? [prototypesFigure(run), ...filtersFigure(run)] : []),
        await neighboursFigure(run, activations),
      ];
      const counts = {
        training: train.split.labels.length,
        ...(heldOut && { 'held out': heldOut.split.labels.length }),
        test: test.split.labels.length,
      };
      const document = runReport({
        record,
        epochs,
        counts,
        environment: {},
        figures,
        commands: [
          `senn train --config ${folder}/config.json --backend ${record.training.backend} --out runs/${config.name}`,
          `senn experiment report --run ${folder} --out ${out}`,
        ],
        notes: [],
      });
      files.push(...(await writeReport(folders[i] as string, document, { png })));
    }
    return { files, lines: files.filter((file) => file.endsWith('.html')), data: { files } };
  },
};
