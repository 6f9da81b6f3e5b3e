import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { RUN_MARKER } from '../config/run-config.ts';

/** Where a run is trained: in its folder, or beside one that stands there, which it takes the place of when it is done. */

export interface RunPlace {
  /** The run folder to write. */
  readonly out: string;
  /** Go on from what a run that was broken off left. */
  readonly resume: boolean;
  /** Train anew where a run stands already. */
  readonly overwrite: boolean;
}

/** Only a run that is done has it. */
const DONE = 'run.json';

/** What is trained beside `out` while the run in it stays. */
export const besideOf = (out: string): string => `${out.replace(/[\\/]+$/, '')}.unfinished`;

/**
 * The folder that checkpoints go to. Nothing is changed there, nor in `out`.
 * @throws invalid_config where a run stands in `out`, and it is not said what is to become of it
 */
export function workplaceOf({ out, resume, overwrite }: RunPlace): string {
  if (resume && overwrite) {
    throw new SennError('invalid_config', `${out}: --resume goes on and --overwrite begins anew; give one of them`);
  }
  const beside = besideOf(out);
  const done = existsSync(join(out, DONE));
  if (resume) return existsSync(join(beside, RUN_MARKER)) ? beside : out;
  if (!existsSync(join(out, RUN_MARKER))) return out;
  if (overwrite) return beside;
  const state = done ? 'a run that is done' : 'a run that was broken off';
  const way = done ? '' : 'go on with --resume, ';
  throw new SennError(
    'invalid_config',
    `${out}: holds ${state}; ${way}choose another --out, or train anew with --overwrite, which replaces it when the new one is done${
      done ? ' (--resume is for what was broken off)' : ''
    }`,
    { out },
  );
}
