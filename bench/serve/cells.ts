/** What is asked of both servers: an explanation with traversals or without, over so many connections. */
export interface Cell {
  readonly traversals: boolean;
  readonly concurrency: number;
}

/** Steps of a traversal. */
export const STEPS = 7;

/** Path and query of the requests of a cell. */
export function pathOf({ traversals }: Pick<Cell, 'traversals'>): string {
  return traversals ? `/predict?steps=${STEPS}` : '/predict?explain=concepts,relevances,contributions';
}

/** Every cell, those without traversals first. */
export function cellsOf(concurrencies: readonly number[], kinds: readonly boolean[]): Cell[] {
  return kinds.flatMap((traversals) => concurrencies.map((concurrency) => ({ traversals, concurrency })));
}

export const named = ({ traversals, concurrency }: Cell): string =>
  `${traversals ? 'traversals' : 'none'}, ${concurrency} connections`;
