import { encode } from 'fast-png';
import { type ArtefactName, staticFiles } from '../../core/artefacts/index.ts';
import { type StaticRows, staticOf, staticShape, staticSheet } from '../../core/artefacts/static-content.ts';
import { toBytes } from '../../core/images/bytes.ts';
import type { Manifest } from '../../core/manifest.ts';
import { shortestDecimal } from '../../core/tables/float32.ts';
import { batchSize, rowOf, sizeOf, type Tensor } from '../../core/tensor.ts';
import type { Split } from '../datasets/dataset.ts';

/**
 * What a model shows that belongs to it and to no input, as the files that its run and its model folder hold: the
 * prototypes, which are training inputs, and what its kind makes with its networks.
 */

type Subject = Pick<Manifest, 'input' | 'concepts'>;
type Inputs = Pick<Split, 'gather'>;
type Files = Record<string, Uint8Array | string>;

/** Every file that a run folder may hold of them. */
export const staticFileNames: readonly string[] = staticFiles.flatMap(([, { names }]) => Object.values(names));

/** @param inputs `[K][P]`, indices @param train the whole training set @returns `[K, P, …]` */
function gathered(inputs: readonly (readonly number[])[], subject: Subject, train: Inputs): Tensor {
  const shape = staticShape(
    inputs.map(({ length }) => length),
    subject,
  );
  const [, ...row] = shape;
  const data = new Float32Array(sizeOf(shape));
  inputs.forEach((own, k) => {
    data.set(train.gather(Int32Array.from(own)), k * sizeOf(row));
  });
  return { shape, data };
}

/** A sheet of eight bits a channel: images out of files are exact. The same images give the same bytes. */
function png(content: Tensor): Uint8Array {
  const sheet = staticSheet(content);
  const [channels, height, width] = sheet.shape as [1 | 3, number, number];
  return encode({ width, height, channels, depth: 8, data: toBytes(sheet) }, { zlib: { level: 9 } });
}

/** Every row in the shortest decimals of float32; what fills up a concept that has fewer is left out. */
function json(content: Tensor, counts: readonly number[]): string {
  const rows = counts.map((_, k) => {
    const own = staticOf(content, counts, k);
    return Array.from({ length: batchSize(own) }, (_, p) => Array.from(rowOf(own, p), shortestDecimal));
  });
  return `${JSON.stringify({ rows } satisfies StaticRows)}\n`;
}

const formats = { image: png, tabular: json } satisfies Record<
  Manifest['input']['kind'],
  (content: Tensor, counts: readonly number[]) => Uint8Array | string
>;

/**
 * Artefacts as the files that hold them, by the names of the files.
 * @param statics `[K, P, …]` each, in the units and the layout of the input; one that is empty has no file
 */
export function staticDocuments(subject: Subject, statics: Readonly<Partial<Record<ArtefactName, Tensor>>>): Files {
  const { kind } = subject.input;
  const documents = staticFiles.flatMap(([name, { names, counts }]) => {
    const content = statics[name];
    if (content === undefined || content.data.length === 0) return [];
    return [[names[kind], formats[kind](content, counts(subject))] as const];
  });
  return Object.fromEntries(documents);
}

/**
 * The training inputs that the concepts index, prototypes of both ends and contrasts, `[K, P, …]` by artefact; one of which
 * no concept has any is left out.
 * @param train the whole training set
 */
export function trainingInputStatics(subject: Subject, train: Inputs): Partial<Record<ArtefactName, Tensor>> {
  const statics = staticFiles.flatMap(([name, { trainingInputs }]) => {
    const content = trainingInputs && gathered(trainingInputs(subject), subject, train);
    return content === undefined || content.data.length === 0 ? [] : [[name, content] as const];
  });
  return Object.fromEntries(statics);
}

/** The same as their files. */
export const trainingInputDocuments = (subject: Subject, train: Inputs): Files =>
  staticDocuments(subject, trainingInputStatics(subject, train));
