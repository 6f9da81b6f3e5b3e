import { SennError } from '../../../core/errors.ts';
import { type GoldenCheck, replayGolden } from '../../../core/golden.ts';
import type { GraphName } from '../../../core/manifest.ts';
import type { OpenSession } from '../../../core/session.ts';
import { openGraphs, readFolderStatics, readGolden, readNamedFolder } from '../../models/model-folder.ts';

/**
 * What `senn verify` checks: a model folder's files against its manifest, and this runtime against its golden outputs.
 */

export interface Verification {
  readonly model: string;
  readonly executionProvider: string;
  readonly checks: GoldenCheck[];
  /** Graphs of which the golden file knows nothing: their digests were checked, and that they open. */
  readonly unchecked: readonly GraphName[];
}

/**
 * Whether the files of a model folder are those its manifest lists, and whether this runtime gives its golden outputs.
 * @throws invalid_model when a file is missing or changed, or the folder is not named as the model
 */
export async function verifyModel(path: string, openSession: OpenSession): Promise<Verification> {
  const folder = await readNamedFolder(path);
  const golden = await readGolden(folder);
  await readFolderStatics(folder);
  const graphs = Object.keys(folder.manifest.graphs) as GraphName[];
  const sessions = await openGraphs(folder, openSession, graphs);
  try {
    const checks = await replayGolden(golden, folder.manifest, sessions);
    return {
      model: folder.manifest.name,
      executionProvider: Object.values(sessions)[0]?.executionProvider ?? 'none',
      checks,
      unchecked: graphs.filter((graph) => !checks.some((check) => check.graph === graph)),
    };
  } finally {
    await Promise.all(Object.values(sessions).map((session) => session.close()));
  }
}

/** @throws verification_failed naming every output that is off */
export function assertVerified({ model, checks }: Verification): void {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const faults = failed.map(
    ({ graph, output, maxAbsoluteDifference, worstRatio }) =>
      `${graph}.${output} is off by ${maxAbsoluteDifference.toExponential(2)}, ${worstRatio.toFixed(1)} times the tolerance`,
  );
  throw new SennError('verification_failed', `verify ${model}: ${faults.join('; ')}`, { model, checks });
}
