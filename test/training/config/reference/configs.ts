/** Configurations with the reference's keys, one for each kind of model; the numbers are those of its experiments. */

const common = {
  train: true,
  aggregator: 'SumAggregator',
  device: 'cpu',
  lr: 2e-4,
  robust_reg: 1e-2,
  batch_size: 200,
  print_freq: 100,
  manual_seed: 29,
};

export const compasSenn = {
  ...common,
  exp_name: 'compas_tiny',
  dataloader: 'compas',
  conceptizer: 'IdentityConceptizer',
  parameterizer: 'LinearParameterizer',
  hidden_sizes: [11, 5, 5, 22],
  num_concepts: 11,
  num_classes: 2,
  dropout: 0,
  epochs: 3,
  eval_freq: 30,
  robustness_loss: 'compas_robustness_loss',
  concept_reg: 0,
  sparsity_reg: 2e-5,
};

const mnist = {
  ...common,
  dataloader: 'mnist',
  data_path: 'nowhere',
  image_size: 28,
  concept_dim: 1,
  parameterizer: 'ConvParameterizer',
  cl_sizes: [1, 10, 20],
  hidden_sizes: [320, 50],
  num_concepts: 5,
  num_classes: 10,
  dropout: 0.5,
  epochs: 2,
  eval_freq: 270,
  robustness_loss: 'mnist_robustness_loss',
  concept_reg: 1,
};

export const mnistSenn = {
  ...mnist,
  exp_name: 'mnist_tiny',
  model_class: 'SENN',
  conceptizer: 'ConvConceptizer',
  concept_loss: 'mse_l1_sparsity',
  concept_visualization: 'activation',
  sparsity_reg: 2e-5,
};

export const mnistDisenn = {
  ...mnist,
  exp_name: 'mnist_tiny_disenn',
  model_class: 'DiSENN',
  conceptizer: 'VaeConceptizer',
  concept_loss: 'BVAE_loss',
  lr: 1e-3,
  pretrain_epochs: 1,
  pre_beta: 1,
  beta: 4,
};

export const references = { compasSenn, mnistSenn, mnistDisenn };
