import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { explainParameter } from '../../../core/api.ts';
import { TRAVERSAL_STEPS } from '../../../core/artefacts/traversals.ts';
import { type ExplainName, explainNames } from '../../../core/attributions/answers/names.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { percent, signed } from '../../../core/text/format.ts';
import type { ClassView } from '../../../core/views/class-view.ts';
import type { ConceptValues } from '../../../core/views/intervention.ts';

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

/** A comma list, as `explain=` of `/predict`. */
function artefactList(text: string): ExplainName[] {
  const parsed = explainParameter.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`${parsed.error.issues[0]?.message}.`);
  return parsed.data;
}

/** `CONCEPT=VALUE`, added to those before. */
function setting(text: string, before: ConceptValues = {}): ConceptValues {
  const at = text.lastIndexOf('=');
  const [concept, written] = [text.slice(0, at), text.slice(at + 1)];
  const value = Number(written);
  if (at < 1 || written.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('must be CONCEPT=NUMBER.');
  }
  return { ...before, [concept]: value };
}

interface ExplainFlags {
  model: string;
  out: string;
  steps: number;
  contrast?: string;
  artefacts?: ExplainName[];
  set?: ConceptValues;
  class?: string;
  json?: boolean;
}

/** Does something in a folder, which is made for it. */
export type InFolder = <T>(folder: string, use: () => Promise<T>) => Promise<T>;

/** A counterfactual without its picture, which is in the file. */
function counterfactualOf({ counterfactual }: Prediction) {
  if (counterfactual === undefined) return undefined;
  const { decoded: _, ...told } = counterfactual;
  return told;
}

function sentenceOf(
  { distance, changed, verified, probability }: NonNullable<ReturnType<typeof counterfactualOf>>,
  contrast = '',
): string {
  if (distance === 0 && changed.length === 0 && verified) return `it is ${contrast} already`;
  const moved = `${contrast} at ${distance.toFixed(2)} deviations, by concepts ${changed.join(', ')}`;
  return `${moved}; read again: ${verified ? '' : 'not '}${contrast} (${percent(probability)})`;
}

/** The concepts of a class, a line each. */
const classLines = ({ label, count, concepts }: ClassView): string[] => [
  `${label}: ${count} training inputs`,
  ...concepts.map(
    ({ name, contribution, share, end }) => `  ${name} (${end}): ${signed(contribution)}, ${percent(share)} of all`,
  ),
];

/** `senn explain`: images or rows of tables in, one figure out. How folders are made is the caller's to say. */
export function explainCommand({ inFolder }: { inFolder: InFolder }): Command {
  return new Command('explain')
    .description('Predict images, or rows of a table, and draw the explanations.')
    .argument(
      '[files...]',
      'PNG, JPEG or WebP images; for a model of tables JSON: {"features": {…}} or an array of them',
    )
    .requiredOption('--model <dir>', 'model folder, as models/mnist-disenn')
    .requiredOption('--out <file>', 'figure to write, FILE.png, .svg or .html; .json: what /predict answers')
    .option('--steps <n>', 'steps of a traversal', steps, TRAVERSAL_STEPS.default)
    .option(
      '--contrast <class>',
      'a class whose contributions are drawn beside those of the predicted one (default: the runner-up)',
    )
    .option(
      '--artefacts <list>',
      `what to explain with, a comma list of ${explainNames.join(', ')}; counterfactual needs --contrast (default of a black box: kernel-shap)`,
      artefactList,
    )
    .option('--set <concept=value>', 'set a concept, by its name or index, in every input; may be repeated', setting)
    .option('--class <class>', 'instead of inputs: the concepts that make a class, by its label or index')
    .option('--json', 'print the predictions as JSON')
    .action(async (files: string[], flags: ExplainFlags) => {
      const { model, out, steps, contrast, artefacts, set, class: asked, json = false } = flags;
      const { checkClassAlone, explainClass } = await import('./class.ts');
      checkClassAlone(files, asked);
      if (asked !== undefined) {
        const view = await inFolder(dirname(out), () => explainClass(model, asked, out));
        for (const line of json ? [JSON.stringify({ figure: out, ...view })] : [...classLines(view), `wrote ${out}`]) {
          console.log(line);
        }
        return;
      }
      const [{ explainFiles }, { openSession }] = await Promise.all([
        import('./explain.ts'),
        import('../../inference/onnxruntime.ts'),
      ]);
      const options = { model, files, out, steps, contrast, concepts: set, artefacts };
      const predictions = await inFolder(dirname(out), () => explainFiles(options, openSession));
      const results = predictions.map(({ name, prediction, warnings, unfamiliar }) => {
        const { label, index, probability, concepts, contributions, familiarity } = prediction;
        const ofLabel = contributions.map((row) => row[index]);
        const told = { counterfactual: counterfactualOf(prediction), reread: prediction.intervention?.reread };
        const kept = { familiarity, unfamiliar };
        return { input: name, label, probability, concepts, contributions: ofLabel, warnings, ...kept, ...told };
      });
      if (json) {
        console.log(JSON.stringify({ figure: out, predictions: results }));
      } else {
        for (const { input, label, probability, warnings, unfamiliar, counterfactual, reread } of results) {
          console.log(`${input}: ${label} (${percent(probability)})`);
          if (reread !== undefined) {
            console.log(`  drawn and read again: ${reread.label} (${percent(reread.probability)})`);
          }
          if (counterfactual !== undefined) console.log(`  ${sentenceOf(counterfactual, contrast)}`);
          for (const { feature, value, range } of warnings) {
            console.log(`  ${feature} = ${value} is outside the training range, ${range.join(' to ')}`);
          }
          if (unfamiliar !== undefined) console.log(`  ${unfamiliar}`);
        }
        console.log(`wrote ${out}`);
      }
    });
}
