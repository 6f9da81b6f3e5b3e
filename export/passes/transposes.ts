/** A Transpose of a graph: `perm[i]` is the axis of its source that becomes axis i. */
interface Transpose {
  readonly source: string;
  readonly perm: readonly number[];
}

export interface Transposes {
  /** The same from the first source there is: a Transpose of a Transpose is one of what that one takes. */
  resolve(source: string, perm: readonly number[]): Transpose;
  /** The value that stands for it already, which for an identity is the source. */
  find(transpose: Transpose): string | undefined;
  add(transpose: Transpose, output: string): void;
}

const key = ({ source, perm }: Transpose): string => `${perm.join()} ${source}`;

/** The Transposes of a graph, so that none is written twice, and none that another one undoes. */
export function createTransposes(): Transposes {
  const made = new Map<string, Transpose>();
  const outputs = new Map<string, string>();
  return {
    resolve(source, perm) {
      const before = made.get(source);
      return before === undefined
        ? { source, perm }
        : { source: before.source, perm: perm.map((axis) => before.perm[axis] as number) };
    },
    find: (transpose) =>
      transpose.perm.every((axis, i) => axis === i) ? transpose.source : outputs.get(key(transpose)),
    add(transpose, output) {
      made.set(output, transpose);
      outputs.set(key(transpose), output);
    },
  };
}
