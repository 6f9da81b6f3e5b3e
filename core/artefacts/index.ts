import { SennError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { AnswerContext, Artefact, ArtefactOptions, Computed, StaticFile } from './artefact.ts';
import { concepts } from './concepts.ts';
import { contributions } from './contributions.ts';
import { decodedPrototypes } from './decoded-prototypes.ts';
import type { Explanation } from './explanation.ts';
import { prototypes } from './prototypes.ts';
import { relevances } from './relevances.ts';
import { traversals } from './traversals.ts';

/**
 * The table of artefacts: what an explanation is made of, in the order of the answer. A name here is what `explain=` may
 * ask for, and the key of the answer.
 */
export const artefacts = {
  concepts,
  relevances,
  contributions,
  traversals,
  prototypes,
  decodedPrototypes,
} satisfies Record<string, Artefact>;

type Table = typeof artefacts;
export type ArtefactName = keyof Table;
export const artefactNames = Object.keys(artefacts) as ArtefactName[];

/** The row of any artefact; what it computes goes back to it alone, so its type does not matter here. */
const rowOf = (name: ArtefactName): Artefact => artefacts[name] as unknown as Artefact;

type ValueOf<Row> = Row extends Artefact<infer _Fields, infer Value> ? Value : never;
type ComputedName = { [Name in ArtefactName]: ValueOf<Table[Name]> extends undefined ? never : Name }[ArtefactName];

/** What is computed for each input beyond its explanation, by artefact. */
export type ComputedValues = { readonly [Name in ComputedName]: ValueOf<Table[Name]> };

const computedRows = artefactNames.flatMap((name): [ComputedName, Computed<unknown>][] => {
  const { computed } = rowOf(name);
  return computed === undefined ? [] : [[name as ComputedName, computed]];
});

/** The artefacts that lie in a file of the model's folder. */
export const staticFiles: readonly (readonly [ArtefactName, StaticFile])[] = artefactNames.flatMap((name) => {
  const { file } = rowOf(name);
  return file === undefined ? [] : [[name, file] as const];
});

/** What a model can show: what its manifest lists, and this version knows. */
export function artefactsOf(manifest: Pick<Manifest, 'artefacts'>): ArtefactName[] {
  return artefactNames.filter((name) => manifest.artefacts.includes(name));
}

/** What an answer holds where the request does not say. */
export function defaultArtefacts(manifest: Pick<Manifest, 'artefacts'>): ArtefactName[] {
  return artefactsOf(manifest).filter((name) => rowOf(name).byDefault);
}

/** What graphs and files make possible: what the writer of a manifest lists. */
export function possibleArtefacts(model: Pick<Manifest, 'graphs' | 'files'>): ArtefactName[] {
  return artefactNames.filter((name) => rowOf(name).isPossible(model));
}

/** @throws invalid_request where the model cannot show what is asked for */
export function checkArtefacts(manifest: Pick<Manifest, 'name' | 'artefacts'>, asked: readonly ArtefactName[]): void {
  const shown = artefactsOf(manifest);
  const missing = asked.find((name) => !shown.includes(name));
  if (missing === undefined) return;
  throw new SennError(
    'invalid_request',
    `explain: model "${manifest.name}" has no ${missing}, which need ${rowOf(missing).needs}; it shows ${shown.join(', ')}`,
    { model: manifest.name, artefact: missing, choices: shown },
  );
}

/** Runs of the decoder that one input takes. */
export function decodesOf(
  manifest: Manifest,
  asked: readonly ArtefactName[],
  options: Pick<ArtefactOptions, 'steps'>,
): number {
  let sum = 0;
  for (const [name, { decodes }] of computedRows) if (asked.includes(name)) sum += decodes(manifest, options);
  return sum;
}

/** Whether h and θ alone are enough to show them: nothing to compute, and no file to have at hand. */
export function areOfForward(asked: readonly ArtefactName[]): boolean {
  for (const name of asked) {
    const { computed, file } = rowOf(name);
    if (computed !== undefined || file !== undefined) return false;
  }
  return true;
}

/** The computed artefacts among those asked for, which must be computed before an answer can be made. */
export function computedAmong(asked: readonly ArtefactName[]): ArtefactName[] {
  return computedRows.map(([name]) => name).filter((name) => asked.includes(name));
}

/** Of a batch, what is computed for each input; what is not asked for is `none`. @returns `[N]` */
export async function computeArtefacts(
  asked: readonly ArtefactName[],
  context: Parameters<Computed<unknown>['compute']>[0],
  explanations: readonly Explanation[],
): Promise<ComputedValues[]> {
  const columns: [ComputedName, readonly unknown[] | undefined, unknown][] = [];
  for (const [name, { none, compute }] of computedRows) {
    columns.push([name, asked.includes(name) ? await compute(context, explanations) : undefined, none]);
  }
  return explanations.map((_, n) => {
    const entries = columns.map(([name, values, none]) => [name, values === undefined ? none : values[n]] as const);
    return Object.fromEntries(entries) as ComputedValues;
  });
}

type FieldsOf<Row> = Row extends Artefact<infer Fields, infer _Value> ? Fields : never;
type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The keys that artefacts have in an answer, as zod fields. */
export const artefactFields = Object.assign({}, ...artefactNames.map((name) => rowOf(name).fields)) as Intersection<
  FieldsOf<Table[ArtefactName]>
>;

/** Writes what is asked for into an answer, in the order of the table. */
export function writeArtefacts(
  into: object,
  asked: readonly ArtefactName[],
  prediction: Explanation & ComputedValues,
  context: AnswerContext,
): void {
  for (const name of artefactNames) {
    if (!asked.includes(name)) continue;
    Object.assign(into, rowOf(name).answer(prediction, prediction[name as ComputedName], context));
  }
}
