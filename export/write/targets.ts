import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import type { FolderOptions, WrittenFile } from './write-model.ts';
import type { FileOptions } from './write-onnx.ts';

/** What `senn export` is asked for: the arguments as one of three targets, and how each is written. */

/** What `senn export` writes. */
export type Target =
  | { readonly kind: 'file'; readonly source: string; readonly file: string; readonly options: FileOptions }
  | {
      readonly kind: 'model';
      readonly source: string;
      readonly folder: string;
      readonly options: FolderOptions;
    }
  | { readonly kind: 'triton'; readonly source: string; readonly repository: string; readonly maxBatch?: number };

/** What the command line says, as far as it says it. */
export interface Request extends FileOptions {
  readonly source: string;
  readonly out?: string;
  readonly triton?: string;
  readonly maxBatch?: number;
  readonly conceptNames?: string;
}

/** What the command line calls an option that has another name here. */
const flags: Readonly<Record<string, string>> = { imageLayout: '--layout', inputShapes: '--input-shape' };

/** Options that only some targets take, and what the message calls them. */
function refuseOthers(options: object, target: string): void {
  const given = Object.keys(options).map(
    (name) => flags[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  if (given.length > 0) {
    throw new SennError('invalid_config', `export: ${given.join(', ')} must not be given with ${target}`, { given });
  }
}

/** @throws invalid_config where the options contradict each other, or what is to be exported */
export function targetOf({ source, out, triton, maxBatch, conceptNames, gradients, ...options }: Request): Target {
  const names = conceptNames === undefined ? {} : { conceptNames };
  const asked = gradients === undefined ? {} : { gradients };
  const size = maxBatch === undefined ? {} : { maxBatch };
  const fromFile = source.endsWith('.json');
  if (triton !== undefined && out === undefined && !fromFile) {
    refuseOthers({ ...options, ...names, ...asked }, '--triton, whose graphs have fixed ones');
    return { kind: 'triton', source, repository: triton, ...size };
  }
  if (out === undefined || triton !== undefined || fromFile !== out.endsWith('.onnx')) {
    throw new SennError(
      'invalid_config',
      `export: "${source}" → ${[out, triton && `--triton ${triton}`].filter(Boolean).join(', ') || 'nothing'}; choose RUN or an earlier models/NAME → --out models/NAME, MODEL.json → --out FILE.onnx, or RUN or models/NAME → --triton DIR`,
    );
  }
  if (fromFile) {
    refuseOthers({ ...size, ...names }, 'FILE.onnx');
    return { kind: 'file', source, file: out, options: { ...options, ...asked } };
  }
  refuseOthers({ ...options, ...size }, 'a model folder, whose graphs have fixed ones');
  return { kind: 'model', source, folder: out, options: { ...names, ...asked } };
}

type Writers = {
  readonly [Kind in Target['kind']]: (target: Extract<Target, { kind: Kind }>) => Promise<readonly WrittenFile[]>;
};

const writers: Writers = {
  async file({ source, file, options }) {
    const { exportLayersModel } = await import('./write-onnx.ts');
    return exportLayersModel(source, file, options);
  },
  async model({ source, folder, options }) {
    const { exportRun } = await import('./write-model.ts');
    const { files } = await exportRun(source, folder, options);
    return files.map(({ file, bytes }) => ({ file: join(folder, file), bytes }));
  },
  async triton({ source, repository, maxBatch }) {
    const { writeTritonRepository } = await import('../triton/repository.ts');
    return writeTritonRepository(source, repository, maxBatch);
  },
};

/** Writes the target, and says which files that made. */
export function writeTarget<Kind extends Target['kind']>(
  target: Extract<Target, { kind: Kind }>,
): Promise<readonly WrittenFile[]> {
  return (writers as Record<Kind, (given: typeof target) => Promise<readonly WrittenFile[]>>)[target.kind as Kind](
    target,
  );
}
