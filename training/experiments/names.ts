/** The experiments, told without loading TensorFlow. */
export const experimentDescriptions = {
  'accuracy-vs-lambda': 'test accuracy against the weight λ of the robustness loss, over seeds (--config)',
  'closed-vs-open':
    'accuracy against leak, promise and completeness of θ that reads x and θ that reads h, with controls (--config, --vary)',
  'cross-validation': 'k-fold cross-validation (--config, --folds)',
  disentanglement: 'MIG, DCI, SAP and FactorVAE score of finished runs on data with known factors (--run)',
  report: 'figures and a report of finished runs (--run)',
  seeds: 'the same configuration with several seeds (--config, --seeds)',
} as const;
export type ExperimentName = keyof typeof experimentDescriptions;
export const experimentNames = Object.keys(experimentDescriptions) as ExperimentName[];
