import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { TRAVERSAL_STEPS } from '../../../core/artefacts/traversals.ts';
import { percent } from '../../../core/text/format.ts';

/**
 * `senn explain`: its arguments and what it prints; the work is in explain.ts, loaded only when it is asked for.
 */

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
  contrast?: string;
  json?: boolean;
}

/** Does something in a folder, which is made for it. */
export type InFolder = <T>(folder: string, use: () => Promise<T>) => Promise<T>;

/** `senn explain`: images or rows of tables in, one figure out. How folders are made is the caller's to say. */
export function explainCommand({ inFolder }: { inFolder: InFolder }): Command {
  return new Command('explain')
    .description('Predict images, or rows of a table, and draw the explanations.')
    .argument(
      '<files...>',
      'PNG, JPEG or WebP images; for a model of tables JSON: {"features": {…}} or an array of them',
    )
    .requiredOption('--model <dir>', 'model folder, as models/mnist-disenn')
    .requiredOption('--out <file>', 'figure to write, FILE.png, .svg or .html; .json: what /predict answers')
    .option('--steps <n>', 'steps of a traversal', steps, TRAVERSAL_STEPS.default)
    .option(
      '--contrast <class>',
      'a class whose contributions are drawn beside those of the predicted one (default: the runner-up)',
    )
    .option('--json', 'print the predictions as JSON')
    .action(async (files: string[], { model, out, steps, contrast, json = false }: ExplainFlags) => {
      const [{ explainFiles }, { openSession }] = await Promise.all([
        import('./explain.ts'),
        import('../../inference/onnxruntime.ts'),
      ]);
      const options = { model, files, out, steps, contrast };
      const predictions = await inFolder(dirname(out), () => explainFiles(options, openSession));
      const results = predictions.map(({ name, prediction, warnings, unfamiliar }) => {
        const { label, index, probability, concepts, contributions, familiarity } = prediction;
        const ofLabel = contributions.map((row) => row[index]);
        return { input: name, label, probability, concepts, contributions: ofLabel, warnings, familiarity, unfamiliar };
      });
      if (json) {
        console.log(JSON.stringify({ figure: out, predictions: results }));
      } else {
        for (const { input, label, probability, warnings, unfamiliar } of results) {
          console.log(`${input}: ${label} (${percent(probability)})`);
          for (const { feature, value, range } of warnings) {
            console.log(`  ${feature} = ${value} is outside the training range, ${range.join(' to ')}`);
          }
          if (unfamiliar !== undefined) console.log(`  ${unfamiliar}`);
        }
        console.log(`wrote ${out}`);
      }
    });
}
