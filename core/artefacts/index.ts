import { SennError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { AnswerContext, Artefact, ArtefactOptions, Computed, Described, StaticFile } from './artefact.ts';
import { concepts } from './concepts.ts';
import { contributions } from './contributions.ts';
import { counterfactual } from './counterfactual/counterfactual.ts';
import { decodedPrototypes } from './decoded-prototypes.ts';
import { classPrototypes } from './ends/class-prototypes.ts';
import { contrasts } from './ends/contrasts.ts';
import { lowPrototypes } from './ends/low-prototypes.ts';
import type { Explanation } from './explanation.ts';
import { familiarity } from './familiarity/familiarity.ts';
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
  lowPrototypes,
  contrasts,
  classPrototypes,
  decodedPrototypes,
  counterfactual,
  familiarity,
} satisfies Record<string, Artefact>;

type Table = typeof artefacts;
export type ArtefactName = keyof Table;
export const artefactNames = Object.keys(artefacts) as ArtefactName[];

/** The row of any artefact; what it computes goes back to it alone, so its type does not matter here. */
const rowOf = (name: ArtefactName): Artefact => artefacts[name] as unknown as Artefact;

type ValueOf<Row> = Row extends Artefact<infer _Fields, infer Value> ? Value : never;
type ComputedName = { [Name in ArtefactName]: [ValueOf<Table[Name]>] extends [undefined] ? never : Name }[ArtefactName];

/** What is computed for each input beyond its explanation, by artefact. */
export type ComputedValues = {
  readonly [Name in ComputedName as undefined extends ValueOf<Table[Name]> ? never : Name]: ValueOf<Table[Name]>;
} & {
  readonly [Name in ComputedName as undefined extends ValueOf<Table[Name]> ? Name : never]?: ValueOf<Table[Name]>;
};

const computedRows = artefactNames.flatMap((name): [ComputedName, Computed<unknown>][] => {
  const { computed } = rowOf(name);
  return computed === undefined ? [] : [[name as ComputedName, computed]];
});

/** What follows from a list of artefacts that are asked for. */
interface Asked {
  /** In the order of the table. */
  readonly rows: readonly (readonly [ArtefactName, Artefact])[];
  /** Those that must be computed before an answer can be made. */
  readonly computed: readonly ArtefactName[];
  /** Whether h and θ alone are enough to show them: nothing to compute, and no file to have at hand. */
  readonly isOfForward: boolean;
}

/** Found once for each list: requests that ask for the same share one (`npm run bench:serve`). */
const askedLists = new WeakMap<readonly ArtefactName[], Asked>();

function askedFor(asked: readonly ArtefactName[]): Asked {
  const known = askedLists.get(asked);
  if (known !== undefined) return known;
  const rows = artefactNames.filter((name) => asked.includes(name)).map((name) => [name, rowOf(name)] as const);
  const found: Asked = {
    rows,
    computed: rows.filter(([, { computed }]) => computed !== undefined).map(([name]) => name),
    isOfForward: rows.every(([, { computed, file }]) => computed === undefined && file === undefined),
  };
  askedLists.set(asked, found);
  return found;
}

/** The artefacts that lie in a file of the model's folder. */
export const staticFiles: readonly (readonly [ArtefactName, StaticFile])[] = artefactNames.flatMap((name) => {
  const { file } = rowOf(name);
  return file === undefined ? [] : [[name, file] as const];
});

/** What a model can show, and what an answer holds where the request does not say; by the manifest's own list. */
interface Shown {
  readonly all: ArtefactName[];
  readonly byDefault: ArtefactName[];
}

const shownLists = new WeakMap<readonly string[], Shown>();

function shownBy(artefacts: readonly string[]): Shown {
  const known = shownLists.get(artefacts);
  if (known !== undefined) return known;
  const all = artefactNames.filter((name) => artefacts.includes(name));
  const found = { all, byDefault: all.filter((name) => rowOf(name).byDefault) };
  shownLists.set(artefacts, found);
  return found;
}

/** What a model can show: what its manifest lists, and this version knows. */
export const artefactsOf = ({ artefacts }: Pick<Manifest, 'artefacts'>): readonly ArtefactName[] =>
  shownBy(artefacts).all;

/** What an answer holds where the request does not say. */
export const defaultArtefacts = ({ artefacts }: Pick<Manifest, 'artefacts'>): readonly ArtefactName[] =>
  shownBy(artefacts).byDefault;

/** What graphs and files make possible: what the writer of a manifest lists. */
export function possibleArtefacts(model: Described): ArtefactName[] {
  return artefactNames.filter((name) => rowOf(name).isPossible(model));
}

/** @throws invalid_request where the model cannot show what is asked for, or an option is missing that it requires */
export function checkArtefacts(
  manifest: Pick<Manifest, 'name' | 'artefacts' | 'classes'>,
  asked: readonly ArtefactName[],
  { contrast }: Pick<ArtefactOptions, 'contrast'>,
): void {
  const shown = artefactsOf(manifest);
  const missing = asked.find((name) => !shown.includes(name));
  if (missing !== undefined) {
    throw new SennError(
      'invalid_request',
      `explain: model "${manifest.name}" has no ${missing}, which need ${rowOf(missing).needs}; it shows ${shown.join(', ')}`,
      { model: manifest.name, artefact: missing, choices: shown },
    );
  }
  const lacking = asked.find((name) => contrast === undefined && rowOf(name).requires?.includes('contrast'));
  if (lacking !== undefined) {
    const { classes } = manifest;
    throw new SennError(
      'invalid_request',
      `explain: ${lacking} needs contrast, a class of "${manifest.name}"; choose ${classes.join(', ')}`,
      { artefact: lacking, classes },
    );
  }
}

/** What a figure draws: all that the model shows, and what requires an option where it is asked for by its name. */
export function figureArtefacts(
  manifest: Pick<Manifest, 'artefacts'>,
  asked: readonly ArtefactName[] = [],
): readonly ArtefactName[] {
  return artefactsOf(manifest).filter((name) => rowOf(name).requires === undefined || asked.includes(name));
}

/** A key that is equal for lists of computed artefacts, and options, that are computed together. */
export function computedKey(
  asked: readonly ArtefactName[],
  options: Pick<ArtefactOptions, 'steps' | 'contrast'>,
): string {
  const read = computedRows.filter(([name]) => asked.includes(name)).flatMap(([, { reads }]) => reads);
  return JSON.stringify([computedAmong(asked), ...[...new Set(read)].map((name) => [name, options[name]])]);
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
export const areOfForward = (asked: readonly ArtefactName[]): boolean => askedFor(asked).isOfForward;

/** The computed artefacts among those asked for, which must be computed before an answer can be made. */
export const computedAmong = (asked: readonly ArtefactName[]): readonly ArtefactName[] => askedFor(asked).computed;

/** What a prediction holds where nothing is computed. */
const nothing = Object.fromEntries(computedRows.map(([name, { none }]) => [name, none])) as ComputedValues;

/** Of a batch, what is computed for each input; what is not asked for is `none`. @returns `[N]` */
export async function computeArtefacts(
  asked: readonly ArtefactName[],
  context: Parameters<Computed<unknown>['compute']>[0],
  explanations: readonly Explanation[],
): Promise<readonly ComputedValues[]> {
  if (computedAmong(asked).length === 0) return explanations.map(() => nothing);
  const columns: [ComputedName, readonly unknown[]][] = [];
  for (const [name, { compute }] of computedRows) {
    if (asked.includes(name)) columns.push([name, await compute(context, explanations)]);
  }
  return explanations.map((_, n) => {
    const values: Partial<Record<ComputedName, unknown>> = { ...nothing };
    for (const [name, column] of columns) values[name] = column[n];
    return values as ComputedValues;
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
  for (const [name, row] of askedFor(asked).rows)
    row.write(into, prediction, prediction[name as ComputedName], context);
}
