import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { staticFiles } from '../../core/artefacts/index.ts';
import { SennError } from '../../core/errors.ts';
import { type GraphName, type ListedFile, type Manifest, parseManifest } from '../../core/manifest.ts';
import { readJsonFile } from '../../training/files/json-file.ts';
import { gradientModel } from '../gradients/gradient-model.ts';
import { readOnnx } from '../onnx/read-onnx.ts';
import { contractPorts } from './contract.ts';
import type { WrittenGraph } from './forward-model.ts';
import { assembled, type ModelFiles, sha256 } from './model-files.ts';

/** A model folder of any schema version under the contract of today: its graphs as they are, `model.onnx` beside them. */

export const isModelFolder = (path: string): Promise<boolean> =>
  readFile(join(path, 'manifest.json')).then(
    () => true,
    () => false,
  );

/** @throws missing_data | invalid_model */
export async function readModelManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'manifest.json');
  return parseManifest(await readJsonFile(path, z.unknown(), 'invalid_model'), path);
}

/** @throws missing_data | invalid_model where a file is not the one of the manifest */
export async function readListed(folder: string, { file, sha256: expected }: ListedFile): Promise<Uint8Array> {
  const path = join(folder, file);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SennError('missing_data', `${path}: cannot be read (${cause.code})`, { path }, cause);
  });
  const actual = sha256(bytes);
  if (actual !== expected) {
    throw new SennError('invalid_model', `${path}: sha256 ${actual} must be ${expected}, as manifest.json says`);
  }
  return bytes;
}

/** The graphs of a model folder but the merged one, with the ports that their own bytes have. */
export async function readGraphs(
  folder: string,
  manifest: Manifest,
): Promise<Partial<Record<GraphName, WrittenGraph>>> {
  const graphs: Partial<Record<GraphName, WrittenGraph>> = {};
  for (const [name, listed] of Object.entries(manifest.graphs) as [GraphName, ListedFile][]) {
    if (name === 'model') continue;
    const bytes = await readListed(folder, listed);
    graphs[name] = { bytes, ...contractPorts(bytes, join(folder, listed.file), manifest) };
  }
  return graphs;
}

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/**
 * The files of a model folder as this version writes them.
 * @param changed what is to be said otherwise than the manifest does; a file of training inputs of which it leaves none goes
 * @param gradients whether `gradient.onnx` is written from the graphs; one that is there already stays otherwise
 * @param made static artefacts that are made anew, as the files that hold them, by the names of the files
 * @throws missing_data | invalid_model | shape_mismatch
 */
export async function upgradedFilesOf(
  folder: string,
  changed: Partial<Pick<Manifest, 'input' | 'concepts' | 'familiarity' | 'profiles'>> = {},
  made: Readonly<Record<string, Uint8Array | string>> = {},
  gradients = false,
): Promise<ModelFiles> {
  const manifest = await readModelManifest(folder);
  const graphs = await readGraphs(folder, manifest);
  const subject = { ...manifest, ...changed };
  const isEmpty = (name: string): boolean =>
    staticFiles.some(([other, { counts }]) => other === name && counts(subject).every((count) => count === 0));
  const kept = await Promise.all(
    Object.entries(manifest.files)
      .filter(([name]) => !isEmpty(name))
      .map(async ([name, listed]) => {
        return [name, { file: listed.file, bytes: await readListed(folder, listed) }] as const;
      }),
  );
  const remade = staticFiles.flatMap(([name, { names }]) => {
    const file = names[manifest.input.kind];
    const content = made[file];
    return content === undefined ? [] : [[name, { file, bytes: bytesOf(content) }] as const];
  });
  const golden = new TextDecoder().decode(await readListed(folder, manifest.golden));
  const [first] = Object.values(graphs);
  const metadata = first === undefined ? {} : readOnnx(first.bytes, folder).metadata;
  if (gradients) graphs.gradient = gradientModel(graphs as Record<string, WrittenGraph>, manifest, metadata);
  return assembled(subject, graphs, golden, Object.fromEntries([...kept, ...remade]), {
    ...metadata,
    'senn.graph': 'model',
  });
}
