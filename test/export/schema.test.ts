import { describe, expect, it } from 'vitest';
import { createGraph, float, int, ints, string } from '../../export/graph.ts';
import { decodeModel, encodeModel } from '../../export/onnx/schema.ts';

const vector = { shape: [2], layout: 'tfjs' } as const;

describe('the ONNX schema', () => {
  it('writes fields that are set to nothing: a reader must find them', () => {
    const graph = createGraph(['x', 'y']);
    const attributes = { zero: int(0), nought: float(0), blank: string(''), negative: ints([0, -1, 2 ** 40]) };
    graph.output('y', graph.scope('s').node('Op', [graph.input('x', vector), ''], vector, attributes));
    const model = graph.build({ name: '', opset: 18, metadata: {} });
    const decoded = decodeModel(encodeModel(model));
    const [node] = decoded.graph.node;
    expect(node?.input).toEqual(['x', '']);
    expect(
      node?.attribute.map(({ type: _, floats: __, ints: values, ...set }: Record<string, unknown>) => [set, values]),
    ).toEqual([
      [{ name: 'zero', i: 0 }, []],
      [{ name: 'nought', f: 0 }, []],
      [{ name: 'blank', s: Buffer.alloc(0) }, []],
      [{ name: 'negative' }, [0, -1, 2 ** 40]],
    ]);
    expect(decoded.opsetImport).toEqual([{ domain: '', version: 18 }]);
  });

  it('keeps equal constants once, and unequal ones apart', () => {
    const scope = createGraph([]).scope('s');
    expect(scope.float32('a', [2], [1, 2])).toBe('s/a');
    expect(scope.float32('b', [2], [1, 2])).toBe('s/a');
    expect(scope.float32('a', [2, 1], [1, 2])).toBe('s/a_1');
    expect(scope.float32('a', [2], [1, 3])).toBe('s/a_2');
    expect(scope.int64('a', [1, 2])).toBe('s/a_3');
  });
});
