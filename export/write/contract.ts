import { SennError } from '../../core/errors.ts';
import { type Ports, type TensorName, tensorNames } from '../../core/graphs.ts';
import { type Manifest, rowShapeOf } from '../../core/manifest.ts';
import { decodeModel } from '../onnx/schema.ts';

/** What the model contract says of a graph (DESIGN §2): the names of its tensors, and what they measure. */

const isTensorName = (name: string): name is TensorName => (tensorNames as readonly string[]).includes(name);

/**
 * The ports of a graph, by its own bytes, each held against the contract.
 * @param where the file, for messages
 * @param model what the sizes come from
 * @throws shape_mismatch where a tensor is none of the contract, or not of its shape
 */
export function contractPorts(
  bytes: Uint8Array,
  where: string,
  model: Pick<Manifest, 'input' | 'concepts' | 'classes'>,
): Ports {
  const { input, output } = decodeModel(bytes).graph;
  const names = (ports: typeof input): TensorName[] =>
    ports.map((port) => {
      const { name, type } = port;
      const sizes = type.tensorType.shape.dim.map((size) => ('dimParam' in size ? size.dimParam : size.dimValue));
      const found = `${name} [${sizes.join(', ')}]`;
      if (!isTensorName(name)) {
        throw new SennError('shape_mismatch', `${where}: ${found} is no tensor of the contract`, { path: where });
      }
      const expected = ['batch', ...rowShapeOf(name, model)];
      const fits =
        sizes.length === expected.length && expected.every((size, i) => size === undefined || size === sizes[i]);
      if (!fits) {
        const wanted = expected.map((size) => size ?? 'any').join(', ');
        throw new SennError('shape_mismatch', `${where}: ${found} must be ${name} [${wanted}], as run.json says`, {
          path: where,
        });
      }
      return name;
    });
  return { inputs: names(input), outputs: names(output) };
}
