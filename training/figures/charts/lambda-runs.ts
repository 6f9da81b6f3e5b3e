import { SennError } from '../../../core/errors.ts';
import { groupBy, type Spread, spreadOf } from '../statistics.ts';

/** One training run of a sweep. */
export interface LambdaRun {
  /** Whose runs these are, as `ours`; one line each. */
  readonly series: string;
  /** λ, the weight of the robustness loss, ≥ 0. */
  readonly lambda: number;
  readonly seed: number;
  /** Share in [0, 1]. */
  readonly accuracy: number;
}

/** The runs of one series at one λ. */
export interface LambdaSpread extends Spread {
  readonly series: string;
  readonly lambda: number;
}

function checkRuns(runs: readonly LambdaRun[]): void {
  const refuse = (rule: string): SennError => new SennError('shape_mismatch', `accuracyVsLambda: ${rule}`);
  if (runs.length === 0) throw refuse('needs at least one run, got none');
  for (const { series, lambda, seed, accuracy } of runs) {
    if (!(lambda >= 0 && Number.isFinite(lambda))) throw refuse(`λ ${lambda} must be finite and not negative`);
    if (!(accuracy >= 0 && accuracy <= 1)) {
      throw refuse(`accuracy ${accuracy} of ${series}, λ ${lambda}, seed ${seed} must be a share in [0, 1]`);
    }
  }
  const twice = groupBy(runs, ({ series, lambda, seed }) => JSON.stringify([series, lambda, seed]));
  const [run] = twice.find(({ length }) => length > 1) ?? [];
  if (run !== undefined) throw refuse(`${run.series}, λ ${run.lambda}, seed ${run.seed} is there twice`);
}

/** Mean and standard deviation of the accuracy over the seeds, by series and λ, λ ascending. @throws shape_mismatch */
export function spreadByLambda(runs: readonly LambdaRun[]): LambdaSpread[] {
  checkRuns(runs);
  return groupBy(runs, ({ series, lambda }) => JSON.stringify([series, lambda]))
    .map((group) => {
      const { series, lambda } = group[0] as LambdaRun;
      return { series, lambda, ...spreadOf(group.map(({ accuracy }) => accuracy)) };
    })
    .sort((a, b) => a.lambda - b.lambda);
}
