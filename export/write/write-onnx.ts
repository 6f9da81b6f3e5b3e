import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../../core/errors.ts';
import { inFolder, unwritable } from '../../training/files/make-folder.ts';
import { type ExportOptions, modelProtoOf } from '../convert/model-proto.ts';
import { createExternalFile } from '../graph/external-file.ts';
import { loadWithSource } from '../layers-model/load-layers-model.ts';
import { bytesOf } from '../onnx/bytes.ts';
import type { ModelProto } from '../onnx/proto.ts';
import { encodeChunks, MOST_BYTES } from '../onnx/schema.ts';
import { ensureBackend } from './backend.ts';
import { exporterVersion } from './version.ts';
import type { WrittenFile } from './write-model.ts';

/** Any tfjs LayersModel on disk as one `.onnx` file, with its weights inside or beside it. */

export interface FileOptions extends Omit<ExportOptions, 'externalData'> {
  /**
   * Constants of 1 KiB and more go to `FILE.onnx.data` beside the model, as they are read. `auto`, the default: where
   * one file would not hold them.
   */
  readonly externalData?: boolean | 'auto';
}

/** What the nodes, names and shapes of a graph may take beside its weights. */
const GRAPH_BYTES = 2 ** 26;
const tooLarge = (model: tfl.LayersModel): boolean => 4 * model.countParams() > MOST_BYTES - GRAPH_BYTES;

/** Writes a model piece by piece. @returns its size */
async function writeChunks(path: string, proto: ModelProto): Promise<number> {
  const file = await open(path, 'w');
  try {
    let bytes = 0;
    for (const chunk of encodeChunks(proto)) {
      await file.writeFile(bytesOf(chunk));
      bytes += chunk.length;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Writes the files of a model into a folder. @param name of the `.onnx` file */
async function writeInto(
  folder: string,
  name: string,
  model: tfl.LayersModel,
  { externalData = 'auto', ...options }: FileOptions,
): Promise<WrittenFile[]> {
  const path = join(folder, name);
  if (externalData === false || (externalData === 'auto' && !tooLarge(model))) {
    return [{ file: name, bytes: await writeChunks(path, modelProtoOf(model, options)) }];
  }
  const location = `${name}.data`;
  const data = createExternalFile(join(folder, location), location);
  try {
    const proto = modelProtoOf(model, { ...options, externalData: data });
    return [
      { file: name, bytes: await writeChunks(path, proto) },
      { file: location, bytes: data.size() },
    ];
  } finally {
    data.close();
  }
}

/**
 * A tfjs LayersModel as an `.onnx` file: whole or not at all, the weights passed on one by one and never joined in
 * memory. A tfjs backend must be set.
 * @returns the file, and the one beside it that holds the weights where they are external
 * @throws invalid_model | unsupported_layer | invalid_config
 */
export async function writeOnnx(
  model: tfl.LayersModel,
  file: string,
  options: FileOptions = {},
): Promise<WrittenFile[]> {
  try {
    return await inFolder(dirname(file), () => writeWholeOnnx(model, file, options));
  } catch (error) {
    throw unwritable(file, error);
  }
}

async function writeWholeOnnx(model: tfl.LayersModel, file: string, options: FileOptions): Promise<WrittenFile[]> {
  const target = resolve(file);
  const [folder, name] = [dirname(target), basename(target)];
  // Found out now, as a folder could not be replaced once the weights stand beside it.
  if ((await stat(target).catch(() => undefined))?.isDirectory()) {
    throw new SennError('invalid_config', `${file}: is a folder, not a file`, { file });
  }
  const temporary = await mkdtemp(join(folder, `.${name}-`));
  try {
    const written = await writeInto(temporary, name, model, options);
    // The weights first: a model never stands beside weights that are not there yet.
    for (const { file: part } of written.toReversed()) await rename(join(temporary, part), join(folder, part));
    return written.map(({ file: part, bytes }) => ({ file: join(dirname(file), part), bytes }));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Any tfjs LayersModel on disk as an `.onnx` file, which says where the model comes from and which version wrote it.
 * @param modelJson path of the `model.json`
 * @throws missing_data | invalid_model | unsupported_layer | invalid_config | missing_backend
 */
export async function exportLayersModel(modelJson: string, file: string, options: FileOptions): Promise<WrittenFile[]> {
  await ensureBackend();
  const { model, source } = await loadWithSource(modelJson);
  try {
    const metadata = { ...source, ...options.metadata };
    return await writeOnnx(model, file, { ...options, metadata, producerVersion: exporterVersion });
  } finally {
    model.dispose();
  }
}
