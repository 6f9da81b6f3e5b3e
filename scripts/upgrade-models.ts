/**
 * Brings model folders of an earlier version to today's: `model.onnx` merged from their graphs, ports and artefacts in the
 * manifest, and what takes the training data: of every concept the mean, the deviation and the range, prototypes at both
 * ends with their classes, contrasts and the ends of each class, what the inputs of each class have in common, and how well
 * the model redraws its training inputs; of every feature of a table the mean and the quartiles. Of a model of people only
 * these: all else takes a training, which sees to it that no row of one is shown.
 *
 *     npx tsx scripts/upgrade-models.ts models/mnist-disenn models/mnist-senn
 */
import { isDeepStrictEqual } from 'node:util';
import { SennError } from '../core/errors.ts';
import { planOf } from '../core/graphs.ts';
import { type Concept, type Manifest, trainingOf } from '../core/manifest.ts';
import { createPredictor } from '../core/predictor.ts';
import type { Tensor } from '../core/tensor.ts';
import { gatherProfiles } from '../core/views/profiles.ts';
import type { ModelFiles } from '../export/write/model-files.ts';
import { readModelManifest, upgradedFilesOf } from '../export/write/upgrade-model.ts';
import { openSession } from '../serve/inference/onnxruntime.ts';
import { openGraphs } from '../serve/models/model-folder.ts';
import { configSchema } from '../training/config/config.ts';
import { type Dataset, loadDataset } from '../training/datasets/index.ts';
import { writeFolder } from '../training/files/folders.ts';
import { describeConcepts } from '../training/run/concepts.ts';
import { trainingInputDocuments } from '../training/run/statics.ts';
import { withClassPrototypes } from '../training/run/training-set/describe.ts';
import { familiarityOver } from '../training/run/training-set/familiarity.ts';

const BATCH = 500;
/** What the activations may differ from those that tfjs described when the model was trained. */
const TOLERANCE = 1e-3;

/** What a model takes, with what its training rows tell of it; names, units and ranges must be those of the manifest. */
function describedInput(path: string, manifest: Manifest, { input }: Dataset): Manifest['input'] {
  if (manifest.input.kind === 'image' || input.kind === 'image') return manifest.input;
  const bare = ({ features }: typeof input) => features.map(({ mean, quartiles, ...one }) => one);
  if (isDeepStrictEqual(bare(input), bare(manifest.input))) return input;
  throw new SennError('invalid_config', `${path}: the features of the training data are not those of the manifest`);
}

async function write(path: string, { files }: ModelFiles): Promise<void> {
  await writeFolder(path, files, 'manifest.json');
  console.log(`${path}: ${Object.keys(files).join(', ')}`);
}

for (const path of process.argv.slice(2)) {
  const manifest = await readModelManifest(path);
  const dataset = await loadDataset(configSchema.parse(trainingOf(manifest).config).data);
  const { train, sha256 } = dataset;
  if (sha256 !== trainingOf(manifest).data.sha256) {
    throw new SennError('invalid_config', `${path}: the training data are not those of the manifest`);
  }
  const input = describedInput(path, manifest, dataset);
  if (dataset.people) {
    await write(path, await upgradedFilesOf(path, { input }));
    continue;
  }
  const decodes = planOf(manifest.graphs, ['concepts'], ['reconstruction']) !== undefined;
  const predictor = createPredictor(manifest, await openGraphs({ path, manifest }, openSession));
  const [N, K] = [train.labels.length, manifest.concepts.length];
  const data = new Float32Array(N * K);
  const gathered = gatherProfiles(manifest);
  for (let start = 0; start < N; start += BATCH) {
    const rows = Int32Array.from({ length: Math.min(BATCH, N - start) }, (_, i) => start + i);
    const batch: Tensor = { shape: [rows.length, ...train.shape.slice(1)], data: train.gather(rows) };
    const forward = await predictor.forward(batch);
    data.set(forward.concepts.data, start * K);
    gathered.add(
      forward,
      [...rows].map((row) => train.labels[row] as number),
    );
  }
  const familiarity = decodes
    ? await familiarityOver(train, manifest.input, async (input) =>
        predictor.decode((await predictor.run({ input }, ['concepts'])).concepts),
      )
    : undefined;
  await predictor.close();
  const described = describeConcepts(
    { shape: [N, K], data },
    manifest.concepts.map(({ name }) => name),
    train.labels,
  );
  const concepts = manifest.concepts.map((concept, k): Concept => {
    const found = described[k] as Concept;
    if (Math.abs(found.quantiles.q50 - concept.quantiles.q50) > TOLERANCE) {
      throw new SennError('invalid_model', `${path}: concept ${k} is not what the manifest describes`);
    }
    const { name, phrase, quantiles } = concept;
    return { ...found, name, ...(phrase !== undefined && { phrase }), quantiles };
  });
  const told = withClassPrototypes(concepts, { shape: [N, K], data }, { ...manifest, train });
  const made = trainingInputDocuments({ input: manifest.input, concepts: told }, train);
  const changed = { input, concepts: told, profiles: gathered.profiles(), ...(familiarity && { familiarity }) };
  await write(path, await upgradedFilesOf(path, changed, made));
}
