import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SMALLEST_GROUP } from '../../core/concepts/schema.ts';
import { SennError } from '../../core/errors.ts';
import { type Manifest, trainingOf } from '../../core/manifest.ts';
import { titleOf } from '../../training/kinds/index.ts';
import { toMarkdown } from '../../training/report/markdown.ts';
import { auditBlocks } from '../../training/report/run-report.ts';
import { facts, testTable } from '../../training/report/tables.ts';

/** `README.md` of a model folder: what the model is, how good it is, and whether its concepts carry the decision. */

const CARD = 'README.md';

/** The line by which a card of ours is known: a text that people wrote is never replaced. */
const MARK = '<!-- Written by `senn export`, and again by the next one; without this line the text stays as it is. -->';

/** What of the training data the folder holds, where those are people. */
const PEOPLE = `Its rows are people, and this folder holds no row of one: prototypes are means over groups of ${SMALLEST_GROUP} people or more, and so are the inputs of golden.json. The ranges of features and concepts are those of the training set, extremes included.`;

/** The card, from the manifest alone: the same manifest gives the same text. */
export function modelCard(manifest: Manifest): string {
  const { name, version, kind, concepts, classes } = manifest;
  const training = trainingOf(manifest);
  const { data, seed, backend } = training;
  const markdown = toMarkdown({
    title: name,
    blocks: [
      {
        kind: 'paragraph',
        text: `${name} is ${titleOf(kind)} with ${concepts.length} concepts and ${classes.length} classes, version ${version}, trained on ${data.count} inputs of ${data.name} (seed ${seed}, ${backend}).`,
      },
      ...(data.people ? [{ kind: 'paragraph' as const, text: PEOPLE }] : []),
      testTable({ ...manifest, training }),
      ...auditBlocks(manifest),
      { kind: 'heading', text: 'Use it' },
      {
        kind: 'commands',
        lines: [
          `npx senn serve --models models --default ${name}`,
          `npx senn verify models/${name}`,
          `npx senn score --model models/${name} --data ${data.name.replace(/:.*$/, '')}:test --metrics audit --out audit.json`,
        ],
      },
      facts([
        ['SHA-256 of the data', data.sha256],
        ...Object.entries(training.versions).sort(([a], [b]) => (a < b ? -1 : 1)),
      ]),
    ],
  });
  return `${MARK}\n\n${markdown}`;
}

/** The card as a file, unless the folder has a text of somebody's own. @throws missing_data where that cannot be read */
export async function modelCardFor(folder: string, manifest: Manifest): Promise<Readonly<Record<string, string>>> {
  const path = join(folder, CARD);
  const present = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw new SennError('missing_data', `${path}: cannot be read (${cause.code})`, { path }, cause);
  });
  return present === undefined || present.startsWith(MARK) ? { [CARD]: modelCard(manifest) } : {};
}
