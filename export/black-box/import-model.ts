import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { outputOfBlackBox, portedSessions, twoClasses } from '../../core/black-box/black-box.ts';
import { BLACK_BOX, type BlackBoxOutput } from '../../core/black-box/schema.ts';
import { SennError } from '../../core/errors.ts';
import { inputShape, type Manifest, parseManifest } from '../../core/manifest.ts';
import { createPredictor } from '../../core/predictor.ts';
import { namedStream } from '../../core/random.ts';
import type { OpenSession } from '../../core/session.ts';
import { rowOf, sizeOf, sliceRows, type Tensor } from '../../core/tensor.ts';
import { checkFolderWritable, writeFolder } from '../../training/files/folders.ts';
import { readOnnx } from '../onnx/read-onnx.ts';
import { MOST_BYTES } from '../onnx/schema.ts';
import { canonicalGolden, canonicalJson } from '../write/canonical.ts';
import { sha256 } from '../write/model-files.ts';
import { describe, type ImageOptions, labelsOf } from './describe.ts';
import { inlineExternalData } from './inline.ts';
import { portsOf } from './ports.ts';
import { type SingleNumber, singleGives } from './single.ts';

/** From an ONNX classifier that anyone has made to a model folder, which is written only once it has answered. */

export interface ImportOptions extends ImageOptions {
  /** The model folder; its name is the model's. */
  readonly out: string;
  readonly version: string;
  readonly labels: string;
  readonly input: string;
  readonly features?: readonly string[] | undefined;
  /** Which output says the classes, where there are several. */
  readonly output?: string | undefined;
  /** What its number is, where it gives one, of the second of two classes; else it is looked up in the graph. */
  readonly single?: SingleNumber | undefined;
}

export interface Imported {
  readonly manifest: Manifest;
  /** Files of weights that were taken into the graph. */
  readonly inlined: readonly string[];
}

/** Inputs of the golden file. */
const GOLDEN = 5;

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= MOST_BYTES) return new Uint8Array(await readFile(path));
    throw new SennError('invalid_model', `${path}: ${size} bytes; an ONNX file has at most ${MOST_BYTES}`, { path });
  } catch (error) {
    if (error instanceof SennError) throw error;
    throw new SennError('missing_data', `${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, { path });
  }
}

/** Inputs that the model is tried on: random ones, so that the folder holds no row of anybody. @returns `[5, …]` */
function trials({ input }: Pick<Manifest, 'input'>): Tensor {
  const shape = inputShape({ input });
  const random = namedStream(0, 'golden');
  const size = sizeOf(shape);
  const data = Float32Array.from({ length: GOLDEN * size }, (_, i) => {
    const share = random.integer(1001) / 1000;
    if (input.kind === 'image') return share;
    const [low, high] = input.features[i % size]?.range ?? [0, 1];
    return low + share * (high - low);
  });
  return { shape: [GOLDEN, ...shape], data };
}

/** Rows that sum to 1 and have no negative are probabilities; anything else is told as logits. */
function kindOf(output: Tensor): BlackBoxOutput {
  const areProbabilities = Array.from({ length: output.shape[0] as number }, (_, n) => rowOf(output, n)).every(
    (row) => row.every((value) => value >= 0) && Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-3,
  );
  return areProbabilities ? 'probabilities' : 'logits';
}

/** Where one row alone is answered otherwise than among others. */
const ROW_TOLERANCE = 1e-3;

/**
 * Runs the graph on a few inputs at once and on one alone.
 * @returns `[5, C]`, or `[5, 1]` of a model of two classes that gives one number
 * @throws shape_mismatch | inference_failed | unsupported_input
 */
async function answersOf(draft: Manifest, graph: Uint8Array, input: Tensor, where: string, openSession: OpenSession) {
  const session = await openSession(graph);
  try {
    const { model } = portedSessions(draft, { model: session });
    const name = outputOfBlackBox(draft);
    const run = async (rows: Tensor): Promise<Tensor> => (await model?.run({ input: rows }))?.[name] as Tensor;
    const output = await run(input);
    const expected = [GOLDEN, draft.classes.length];
    const isSingle = draft.classes.length === 2 && output.shape.join() === [GOLDEN, 1].join();
    if (output.shape.join() !== expected.join() && !isSingle) {
      throw new SennError(
        'shape_mismatch',
        `${where}: "${draft.blackBox?.names.output}" [${output.shape.join(', ')}] of ${GOLDEN} inputs must be [${expected.join(', ')}], a number for each of the --labels`,
      );
    }
    const odd = output.data.find((value) => !Number.isFinite(value));
    if (odd !== undefined) throw new SennError('inference_failed', `${where}: answers ${odd} to a random input`);
    const alone = await run(sliceRows(input, 0, 1));
    if (alone.data.some((value, i) => Math.abs(value - (output.data[i] as number)) > ROW_TOLERANCE)) {
      throw new SennError(
        'unsupported_input',
        `${where}: an input has another answer alone than among others; export it for inference (PyTorch: model.eval())`,
      );
    }
    return output;
  } finally {
    await session.close();
  }
}

/** @throws missing_data | invalid_model | unsupported_input | shape_mismatch | invalid_config | inference_failed */
export async function importModel(path: string, options: ImportOptions, openSession: OpenSession): Promise<Imported> {
  const { out, version } = options;
  await checkFolderWritable(out, 'manifest.json');
  const { bytes: graph, files: inlined } = inlineExternalData(await bytesOf(path), path);
  const onnx = readOnnx(graph, path);
  const ports = portsOf(onnx, path, options.output);
  const classes = await labelsOf(options.labels);
  const { input, image } = await describe(options.input, ports.input, options);
  const listed = { file: 'model.onnx', sha256: sha256(graph) };
  const draft = (gives: BlackBoxOutput, golden: string, single = false): Manifest =>
    parseManifest(
      {
        schemaVersion: 2,
        name: basename(resolve(out)),
        version,
        kind: BLACK_BOX,
        input,
        classes,
        concepts: [],
        graphs: { model: { ...listed, inputs: ['input'], outputs: [gives] } },
        parameterizer: { reads: 'input' },
        artefacts: [],
        files: {},
        golden: { file: 'golden.json', sha256: sha256(golden) },
        blackBox: {
          names: { input: ports.input.name, output: ports.output.name },
          ...(image !== undefined && { image }),
          ...(single && { single }),
          ...(onnx.producer !== '' && { producer: onnx.producer.slice(0, 256) }),
        },
        metrics: {},
      },
      `senn import ${path}`,
    );
  const rows = trials({ input });
  const answers = await answersOf(draft('logits', ''), graph, rows, path, openSession);
  const isSingle = answers.shape[1] === 1;
  const gives = isSingle ? singleGives(onnx, ports.output, answers, options.single, path) : kindOf(answers);
  const output = isSingle ? twoClasses(answers, gives) : answers;
  const told = ({ shape, data }: Tensor) => ({ shape: [...shape], data: [...data] });
  const golden = canonicalGolden({ tensors: { input: told(rows), [gives]: told(output) } });
  const manifest = draft(gives, golden, isSingle);
  // As a server opens it, once before it is there: what cannot be predicted with is not written.
  const predictor = createPredictor(manifest, { model: await openSession(graph) });
  await predictor.predict(rows).finally(() => predictor.close());
  const files = {
    'model.onnx': graph,
    'golden.json': golden,
    'manifest.json': `${canonicalJson(manifest as never, 2)}\n`,
  };
  await writeFolder(out, files, 'manifest.json');
  return { manifest, inlined };
}
