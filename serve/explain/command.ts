import { Command, InvalidArgumentError } from 'commander';
import { percent } from '../../core/format.ts';
import { TRAVERSAL_STEPS } from '../../core/traverse.ts';

function steps(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > TRAVERSAL_STEPS.max) {
    throw new InvalidArgumentError(`must be a whole number from 1 to ${TRAVERSAL_STEPS.max}.`);
  }
  return value;
}

interface ExplainFlags {
  model: string;
  out: string;
  steps: number;
  json?: boolean;
}

/** `senn explain`: images in, one figure out. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('Predict images and draw the explanations as a PNG figure.')
    .argument('<images...>', 'PNG, JPEG or WebP files')
    .requiredOption('--model <dir>', 'model folder, as models/mnist-disenn')
    .requiredOption('--out <file>', 'PNG file to write')
    .option('--steps <n>', 'images in a traversal', steps, TRAVERSAL_STEPS.default)
    .option('--json', 'print the predictions as JSON')
    .action(async (images: string[], { model, out, steps, json = false }: ExplainFlags) => {
      const [{ explainImages }, { openSession }] = await Promise.all([
        import('./explain.ts'),
        import('../onnxruntime.ts'),
      ]);
      const predictions = await explainImages({ model, images, out, steps }, openSession);
      const results = predictions.map(({ label, probability, concepts, contributions, index }, i) => ({
        image: images[i],
        label,
        probability,
        concepts,
        contributions: contributions.map((row) => row[index]),
      }));
      if (json) {
        console.log(JSON.stringify({ figure: out, predictions: results }));
      } else {
        for (const { image, label, probability } of results) {
          console.log(`${image}: ${label} (${percent(probability)})`);
        }
        console.log(`wrote ${out}`);
      }
    });
}
