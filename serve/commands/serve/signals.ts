/** The signals that end a server: the first one ends it in good order, the second at once. */

export interface EndSignals {
  /** The first SIGTERM or SIGINT: finish the requests under way, then end the process. */
  readonly first: Promise<NodeJS.Signals>;
  /** The second: end at once. */
  readonly second: Promise<NodeJS.Signals>;
}

/** From now on, signals no longer end the process by themselves. */
export function endSignals(): EndSignals {
  const resolvers: ((signal: NodeJS.Signals) => void)[] = [];
  const next = (): Promise<NodeJS.Signals> => new Promise((resolve) => resolvers.push(resolve));
  const heard = { first: next(), second: next() };
  const onSignal = (signal: NodeJS.Signals): void => resolvers.shift()?.(signal);
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return heard;
}
