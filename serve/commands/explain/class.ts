import { extname } from 'node:path';
import { SennError } from '../../../core/errors.ts';
import { type ClassView, classView } from '../../../core/views/class-view.ts';
import { type ClassType, classForms } from '../../answers/class.ts';
import { openAtomicFile } from '../../atomic-file.ts';
import { readFolderStatics, readModelFolder } from '../../models/model-folder.ts';
import { type endings, formatOf } from './formats.ts';

/** What `senn explain --class` does: a file about a class, out of the model's folder; no graph is opened. */

const types = {
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.html': 'text/html',
  '.json': 'application/json',
} as const satisfies Record<(typeof endings)[number], ClassType>;

/**
 * @param asked label or index of the class
 * @throws invalid_config where the file cannot be written or its ending is no format, not_found, invalid_model
 */
export async function explainClass(model: string, asked: string, out: string): Promise<ClassView> {
  formatOf(out);
  const type = types[extname(out).toLowerCase() as keyof typeof types];
  const file = await openAtomicFile(out);
  try {
    const folder = await readModelFolder(model);
    const view = classView(folder.manifest, asked);
    await file.write(await classForms[type](folder.manifest, await readFolderStatics(folder), asked));
    await file.commit();
    return view;
  } finally {
    await file.discard();
  }
}

/** With inputs a class means nothing. @throws invalid_config */
export function checkClassAlone(files: readonly string[], asked: string | undefined): void {
  if (asked !== undefined && files.length > 0) {
    throw new SennError('invalid_config', `--class ${asked}: is about no input; leave out ${files.join(', ')}`, {
      files,
    });
  }
  if (asked === undefined && files.length === 0) {
    throw new SennError('invalid_config', 'senn explain: needs files to explain, or --class', {});
  }
}
