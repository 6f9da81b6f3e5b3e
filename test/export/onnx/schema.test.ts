import { describe, expect, it } from 'vitest';
import { float, floats, int, ints, string, strings } from '../../../export/graph/attributes.ts';
import { createGraph } from '../../../export/graph/graph.ts';
import { decodeModel, encodeModel } from '../../../export/onnx/schema.ts';

const vector = { shape: [2], layout: 'tfjs' } as const;

describe('the ONNX schema', () => {
  it('writes fields that are set to nothing: a reader must find them', () => {
    const graph = createGraph({ reserved: ['x', 'y'], opset: 18 });
    const attributes = { zero: int(0), nought: float(0), blank: string(''), negative: ints([0, -1, 2 ** 40]) };
    const lists = { parts: floats([0, 0.5]), words: strings(['', 'tanh']) };
    graph.output('y', graph.scope('s').node('Op', [graph.input('x', vector), ''], vector, { ...attributes, ...lists }));
    const model = graph.build({ name: '', metadata: {} });
    const decoded = decodeModel(encodeModel(model));
    const [node] = decoded.graph.node;
    expect(node?.input).toEqual(['x', '']);
    const written = node?.attribute.map(({ type: _, ...fields }) =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => !Array.isArray(value) || value.length > 0)),
    );
    expect(written).toEqual([
      { name: 'zero', i: 0 },
      { name: 'nought', f: 0 },
      { name: 'blank', s: new Uint8Array() },
      { name: 'negative', ints: [0, -1, 2 ** 40] },
      { name: 'parts', floats: [0, 0.5] },
      { name: 'words', strings: [new Uint8Array(), new TextEncoder().encode('tanh')] },
    ]);
    expect(decoded.opsetImport).toEqual([{ domain: '', version: 18 }]);
  });

  it('keeps equal constants once, and unequal ones apart', () => {
    const scope = createGraph({ reserved: [], opset: 18 }).scope('s');
    expect(scope.float32('a', [2], [1, 2])).toBe('s/a');
    expect(scope.float32('b', [2], [1, 2])).toBe('s/a');
    expect(scope.float32('a', [2, 1], [1, 2])).toBe('s/a_1');
    expect(scope.float32('a', [2], [1, 3])).toBe('s/a_2');
    expect(scope.int64('a', [1, 2])).toBe('s/a_3');
    expect(scope.int64('a', 1)).toBe('s/a_4');
    expect(scope.int64('a', [1])).toBe('s/a_5');
    expect(scope.bool('a', [2], [true, false])).toBe('s/a_6');
  });
});
