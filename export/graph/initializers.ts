import { type Bytes, bytesOf, sameBytes } from '../onnx/bytes.ts';
import { type DataType, EXTERNAL, type TensorContent, type TensorProto } from '../onnx/proto.ts';

/** The constants of a graph: equal ones once, large ones in another file where there is one. */

/** A file beside the model's that takes the bytes of large constants as they come, so that they are held nowhere. */
export interface ExternalData {
  /** Its name, seen from the folder of the model. */
  readonly location: string;
  /** @returns the offset at which the bytes stand; bytes that stand there already need not be written again */
  append(bytes: Uint8Array): number;
}

/** Constants below this many bytes stay in the model, where readers find shapes and axes (as onnx's own converter does). */
export const EXTERNAL_FROM = 1024;

export interface Initializers {
  readonly tensors: readonly TensorProto[];
  /** The name of a constant: of the one that equals it, if there is one. */
  constant(wanted: string, dims: readonly number[], type: DataType, bytes: Bytes): string;
}

/** True for equal bytes in the model, or for one place outside. */
function sameContent(a: TensorContent, b: TensorContent): boolean {
  if ('rawData' in a && 'rawData' in b) return sameBytes(a.rawData, b.rawData);
  return (
    'externalData' in a && 'externalData' in b && JSON.stringify(a.externalData) === JSON.stringify(b.externalData)
  );
}

function contentOf(bytes: Bytes, external: ExternalData | undefined): TensorContent {
  if (external === undefined || bytes.length < EXTERNAL_FROM) return { rawData: bytes };
  const entries = { location: external.location, offset: external.append(bytesOf(bytes)), length: bytes.length };
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));
  return { externalData, dataLocation: EXTERNAL };
}

/** Constants up to that many bytes are found by what they hold: a graph may have thousands of one form. */
const SMALL = 64;

const smallContent = (bytes: Bytes): string =>
  bytes.length <= SMALL ? Buffer.from(bytesOf(bytes)).toString('hex') : '';

/** The constants of a graph, equal ones once. @param unique gives a name that nothing else has */
export function createInitializers(unique: (wanted: string) => string, external?: ExternalData): Initializers {
  const tensors: TensorProto[] = [];
  const byForm = new Map<string, TensorProto[]>();
  return {
    tensors,
    constant(wanted, dims, type, bytes) {
      const form = `${type}:${dims.join()}:${smallContent(bytes)}`;
      const alike = byForm.get(form) ?? [];
      byForm.set(form, alike);
      const content = contentOf(bytes, external);
      const found = alike.find((other) => sameContent(other, content));
      if (found !== undefined) return found.name;
      const tensor = { dims, dataType: type, name: unique(wanted), ...content };
      tensors.push(tensor);
      alike.push(tensor);
      return tensor.name;
    },
  };
}
