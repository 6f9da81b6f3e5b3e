import { encode } from 'fast-png';
import {
  type PrototypeRows,
  prototypeFiles,
  prototypeShape,
  prototypeSheet,
  prototypesOf,
} from '../../core/artefacts/prototypes.ts';
import { toBytes } from '../../core/images/bytes.ts';
import type { Manifest } from '../../core/manifest.ts';
import { shortestDecimal } from '../../core/tables/float32.ts';
import { batchSize, rowOf, sizeOf, type Tensor } from '../../core/tensor.ts';
import type { Split } from '../datasets/dataset.ts';

type Subject = Pick<Manifest, 'input' | 'concepts'>;
type Inputs = Pick<Split, 'gather'>;

/** The inputs that the concepts' `prototypes` index. @param train the whole training set @returns `[K, P, …]` */
function gathered(subject: Subject, train: Inputs): Tensor {
  const shape = prototypeShape(subject);
  const [, ...row] = shape;
  const data = new Float32Array(sizeOf(shape));
  subject.concepts.forEach(({ prototypes }, k) => {
    data.set(train.gather(Int32Array.from(prototypes)), k * sizeOf(row));
  });
  return { shape, data };
}

/** A sheet of eight bits a channel: images out of files are exact. The same images give the same bytes. */
function png(prototypes: Tensor): Uint8Array {
  const sheet = prototypeSheet(prototypes);
  const [channels, height, width] = sheet.shape as [1 | 3, number, number];
  return encode({ width, height, channels, depth: 8, data: toBytes(sheet) }, { zlib: { level: 9 } });
}

function json(prototypes: Tensor, subject: Subject): string {
  const rows = subject.concepts.map((_, k) => {
    const own = prototypesOf(prototypes, subject, k);
    return Array.from({ length: batchSize(own) }, (_, p) => Array.from(rowOf(own, p), shortestDecimal));
  });
  return `${JSON.stringify({ rows } satisfies PrototypeRows)}\n`;
}

const formats = { image: png, tabular: json } satisfies Record<
  Manifest['input']['kind'],
  (prototypes: Tensor, subject: Subject) => Uint8Array | string
>;

/** The prototypes as the file that a run and its model hold, by its name; none where no concept has any. */
export function prototypeDocument(subject: Subject, train: Inputs): Record<string, Uint8Array | string> {
  const prototypes = gathered(subject, train);
  if (prototypes.data.length === 0) return {};
  const { kind } = subject.input;
  return { [prototypeFiles[kind]]: formats[kind](prototypes, subject) };
}
