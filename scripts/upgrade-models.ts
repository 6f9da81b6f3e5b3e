/**
 * Brings model folders of an earlier version to today's: `model.onnx` merged from their graphs, ports and artefacts in the
 * manifest, and what takes the training data: of every concept the mean, the deviation and the range, prototypes at both
 * ends with their classes, contrasts and the ends of each class, what the inputs of each class have in common, and how well
 * the model redraws its training inputs.
 *
 *     npx tsx scripts/upgrade-models.ts models/mnist-disenn models/mnist-senn
 */
import { SennError } from '../core/errors.ts';
import { planOf } from '../core/graphs.ts';
import { type Concept, trainingOf } from '../core/manifest.ts';
import { createPredictor } from '../core/predictor.ts';
import type { Tensor } from '../core/tensor.ts';
import { gatherProfiles } from '../core/views/profiles.ts';
import { readModelManifest, upgradedFilesOf } from '../export/write/upgrade-model.ts';
import { openSession } from '../serve/inference/onnxruntime.ts';
import { openGraphs } from '../serve/models/model-folder.ts';
import { configSchema } from '../training/config/config.ts';
import { loadDataset } from '../training/datasets/index.ts';
import { writeFolder } from '../training/files/folders.ts';
import { describeConcepts } from '../training/run/concepts.ts';
import { trainingInputDocuments } from '../training/run/statics.ts';
import { withClassPrototypes } from '../training/run/training-set/describe.ts';
import { familiarityOver } from '../training/run/training-set/familiarity.ts';

const BATCH = 500;
/** What the activations may differ from those that tfjs described when the model was trained. */
const TOLERANCE = 1e-3;

for (const path of process.argv.slice(2)) {
  const manifest = await readModelManifest(path);
  const { train, sha256, people } = await loadDataset(configSchema.parse(trainingOf(manifest).config).data);
  if (people) {
    throw new SennError('invalid_config', `${path}: was trained on people; train and export it anew, which shows none`);
  }
  if (sha256 !== trainingOf(manifest).data.sha256) {
    throw new SennError('invalid_config', `${path}: the training data are not those of the manifest`);
  }
  const decodes = planOf(manifest.graphs, ['concepts'], ['reconstruction']) !== undefined;
  const predictor = createPredictor(manifest, await openGraphs({ path, manifest }, openSession));
  const [N, K] = [train.labels.length, manifest.concepts.length];
  const data = new Float32Array(N * K);
  const gathered = gatherProfiles(manifest);
  for (let start = 0; start < N; start += BATCH) {
    const rows = Int32Array.from({ length: Math.min(BATCH, N - start) }, (_, i) => start + i);
    const input: Tensor = { shape: [rows.length, ...train.shape.slice(1)], data: train.gather(rows) };
    const forward = await predictor.forward(input);
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
  const { files } = await upgradedFilesOf(
    path,
    { concepts: told, profiles: gathered.profiles(), ...(familiarity && { familiarity }) },
    made,
  );
  await writeFolder(path, files, 'manifest.json');
  console.log(`${path}: ${Object.keys(files).join(', ')}`);
}
