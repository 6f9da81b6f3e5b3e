import type { Predictor } from '../../predictor.ts';

/** What a metric or an attribution may do with a model. */
export type ScoredModel = Pick<Predictor, 'manifest' | 'forward' | 'decode' | 'relevances' | 'run'>;
