/** What a training run measures, as figures and reports write it. */
export interface Quantity {
  readonly title: string;
  readonly unit?: string;
  /** Units shown to one unit stored. */
  readonly factor: number;
  /** Highest value there can be, in the units shown. */
  readonly bound?: number;
  /** Whether its axis is linear and starts at 0, however many decades it runs through: what a schedule takes to 0. */
  readonly fromZero?: boolean;
  /** Decimals in a table; four significant digits when absent. */
  readonly decimals?: number;
}

const nats = (title: string): Omit<Quantity, 'factor'> => ({ title, unit: 'nats' });

/** The quantities that this project measures; what is not here goes by its own name. */
const quantities: Readonly<Record<string, Omit<Quantity, 'factor'> & { readonly factor?: number }>> = {
  loss: { title: 'total loss', unit: 'weighted sum of the terms' },
  accuracy: { title: 'accuracy', unit: '%', factor: 100, bound: 100, decimals: 2 },
  classification: nats('classification loss'),
  crossEntropy: nats('cross-entropy'),
  robustness: { title: 'robustness loss', unit: 'logits per unit of the network’s input' },
  reconstruction: { title: 'reconstruction loss', unit: 'per input' },
  sparsity: { title: 'sparsity loss', unit: 'mean |h|' },
  kl: nats('KL divergence'),
  mutualInformation: nats('mutual information'),
  totalCorrelation: nats('total correlation'),
  dimensionWiseKl: nats('dimension-wise KL'),
  learningRate: { title: 'learning rate', fromZero: true },
};

export function quantityOf(name: string): Quantity {
  return { factor: 1, ...(quantities[name] ?? { title: name.replaceAll('_', ' ') }) };
}

/** From here on four significant digits would need an exponent. */
const WHOLE_FROM = 10_000;

/** A measured value without its unit: four significant digits, or as many decimals as its quantity has. */
export function measured(name: string, value: number): string {
  const { factor, decimals } = quantityOf(name);
  const shown = factor * value;
  const few = Math.abs(shown) < WHOLE_FROM ? shown.toPrecision(4) : shown.toFixed(0);
  return (decimals === undefined ? few : shown.toFixed(decimals)).replaceAll('-', '−');
}
