/** In the place of values, where a metric has none for a model or a set at all. */
export interface NoValue {
  readonly value: null;
  /** Why, and what would be needed: a whole sentence without its full stop. */
  readonly reason: string;
}

export const noValue = (reason: string): NoValue => ({ value: null, reason });

export const isNoValue = (result: object): result is NoValue => 'reason' in result;
